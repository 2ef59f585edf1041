import { type Photo, sky } from './photo.ts';

export const dunes: Photo = {
  id: 'dunes',
  title: 'Nobody before us',
  place: 'Great Erg',
  takenOn: '2026-03-29',
  description: 'A line of footprints leads over orange dunes toward a low sun.',
  width: 800,
  height: 600,
  drawing: `${sky('#e9c48f', '#fbe7c6')}
    <circle cx="560" cy="210" r="66" fill="#fff3d6"/>
    <path d="M0 330q160-90 330-30t470-60v360H0z" fill="#e3a766"/>
    <path d="M0 330q160-90 330-30-120 10-200 70T0 420z" fill="#c9854a"/>
    <path d="M0 450q220-130 430-40t370-70v260H0z" fill="#d98f4c"/>
    <path d="M430 410q190 40 370-70v260H560q-20-120-130-190z" fill="#b96a36"/>
    <path d="M0 560q200-110 420-50t380-30v120H0z" fill="#c77a3f"/>
    <path d="M420 510q160 44 380-30v120H520q-20-60-100-90z" fill="#9d5429"/>
    ${Array.from({ length: 14 }, (_, i) => {
      const t = i / 13;
      const x = 230 + 190 * t + (i % 2) * 12 * (1 - t * 0.7);
      return `<ellipse cx="${x}" cy="${590 - 174 * t}" rx="${7 - 4.5 * t}" ry="${4 - 2.4 * t}" fill="#7e4220"/>`;
    }).join('')}
    <path d="M452 404v-22m-5 8h10" stroke="#3d2417" stroke-width="5" stroke-linecap="round"/>
    <circle cx="452" cy="376" r="5" fill="#3d2417"/>`,
};
