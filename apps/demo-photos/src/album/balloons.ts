import { type Photo, sky } from './photo.ts';

function balloon(
  x: number,
  y: number,
  { scale, color, stripe }: { scale: number; color: string; stripe: string },
): string {
  return `<g transform="translate(${x} ${y}) scale(${scale})">
    <path d="M0-90c56 0 92 40 92 88 0 44-46 84-72 112h-40C-46 82-92 42-92-2c0-48 36-88 92-88z" fill="${color}"/>
    <path d="M0-90c24 0 38 40 38 88 0 44-16 84-26 112h-24C-22 82-38 42-38-2c0-48 14-88 38-88z" fill="${stripe}"/>
    <path d="M-18 112l6 30h24l6-30" fill="none" stroke="#5a4632" stroke-width="3"/>
    <rect x="-14" y="140" width="28" height="22" rx="4" fill="#8a5a33"/></g>`;
}

export const balloons: Photo = {
  id: 'balloons',
  title: 'Seven in the morning',
  place: 'Orra Valley',
  takenOn: '2026-06-14',
  description: 'Three hot-air balloons drift over layered green hills in morning haze.',
  width: 800,
  height: 600,
  drawing: `${sky('#9fd0e4', '#f7efdc')}
    <circle cx="650" cy="120" r="46" fill="#fff7df"/>
    <path d="M0 380q120-80 240-30t240-40 320 20v270H0z" fill="#bcd3c0"/>
    <path d="M0 440q160-70 300-20t260-40 240 30v190H0z" fill="#8fb694"/>
    <path d="M0 510q140-60 330-16t470-34v140H0z" fill="#5f9168"/>
    <path d="M0 566q200-46 420-8t380-14v56H0z" fill="#3f6f4e"/>
    <path d="M90 548v-34m-14 8l14-22 14 22zM150 556v-26m-12 6l12-18 12 18zM690 552v-36m-15 8l15-24 15 24z" fill="#2d5540" stroke="#2d5540" stroke-width="4"/>
    ${balloon(250, 220, { scale: 1.15, color: '#d9562f', stripe: '#f3b04a' })}
    ${balloon(520, 300, { scale: 0.72, color: '#2c7c86', stripe: '#8cc7bd' })}
    ${balloon(640, 390, { scale: 0.4, color: '#b8477a', stripe: '#efb3c4' })}`,
};
