import { type Photo, sky } from './photo.ts';

function pine(x: number, foot: number, { height, color }: { height: number; color: string }): string {
  const tier = (top: number, half: number, bottom: number) =>
    `M${x} ${foot - height * top}l${height * half} ${height * (top - bottom)}h${-2 * height * half}z`;
  return `<path fill="${color}" d="${tier(1, 0.14, 0.62)}${tier(0.78, 0.2, 0.34)}${tier(0.54, 0.26, 0.06)}M${x - 4} ${foot}v-${height * 0.1}h8v${height * 0.1}z"/>`;
}

const stars = [
  [70, 90],
  [140, 190],
  [210, 60],
  [300, 140],
  [410, 70],
  [520, 170],
  [560, 50],
  [90, 300],
  [470, 250],
  [350, 220],
];

export const pines: Photo = {
  id: 'pines',
  title: 'The last hut',
  place: 'Skarn Ridge',
  takenOn: '2026-02-21',
  description: 'A hut with one lit window among snowy pines, under a full moon and stars.',
  width: 600,
  height: 800,
  drawing: `${sky('#16233f', '#5f6f9c')}
    ${stars.map(([x, y], i) => `<circle cx="${x}" cy="${y}" r="${1.5 + (i % 3)}" fill="#f4f1de"/>`).join('')}
    <circle cx="430" cy="190" r="58" fill="#f7f0d8"/><circle cx="412" cy="178" r="12" fill="#e4dabd"/>
    <circle cx="448" cy="208" r="8" fill="#e4dabd"/>
    <path d="M0 520l130-170 90 96 120-180 150 190 110-90v434H0z" fill="#3c4c78"/>
    <path d="M340 266l54 68-34 20-24-20-30 26-18-16zM130 350l40 43-30 14-18-14-24 22-10-8z" fill="#dfe5f1"/>
    <path d="M0 600q150-60 300-20t300-24v244H0z" fill="#c9d3e6"/>
    ${pine(90, 640, { height: 210, color: '#20304f' })}${pine(180, 610, { height: 150, color: '#2a3b5e' })}
    ${pine(520, 640, { height: 240, color: '#20304f' })}${pine(440, 606, { height: 140, color: '#2a3b5e' })}
    <path d="M246 650v-64h120v64z" fill="#5a3d33"/><path d="M230 592l76-56 76 56z" fill="#f2f5fa"/>
    <rect x="288" y="600" width="34" height="30" fill="#ffd277"/><path d="M304 600v30M288 615h34" stroke="#5a3d33" stroke-width="4"/>
    <path d="M0 680q180-50 340-16t260-20v156H0z" fill="#eef2f8"/>
    <path d="M288 664l-40 136h130l-50-136z" fill="#ffe2a3" opacity=".5"/>
    ${pine(40, 790, { height: 190, color: '#14203a' })}${pine(560, 796, { height: 170, color: '#14203a' })}`,
};
