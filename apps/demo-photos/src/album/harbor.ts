import { type Photo, sky } from './photo.ts';

function boat(
  x: number,
  y: number,
  { scale, hull, sail }: { scale: number; hull: string; sail: string },
): string {
  return `<g transform="translate(${x} ${y}) scale(${scale})">
    <path d="M-4-190h8V0h-8z" fill="#5d4632"/><path d="M8-180Q96-110 92-22H8z" fill="${sail}"/>
    <path d="M-8-160Q-70-90-74-22H-8z" fill="#fffaf0"/><path d="M-100-8h212l-34 46H-70z" fill="${hull}"/>
    <path d="M-70 46h148l-20 60h-104z" fill="${hull}" opacity=".28"/><path d="M8 60h78l-40 90H8z" fill="${sail}" opacity=".25"/></g>`;
}

function house(
  x: number,
  width: number,
  { height, wall, roof }: { height: number; wall: string; roof: string },
): string {
  const top = 330 - height;
  const windows = [0.2, 0.6].map(
    (at) => `<rect x="${x + width * at}" y="${top + 24}" width="${width * 0.2}" height="22" fill="#fff3cf"/>`,
  );
  return `<rect x="${x}" y="${top}" width="${width}" height="${height}" fill="${wall}"/>
    <path d="M${x - 6} ${top}l${width / 2 + 6}-38 ${width / 2 + 6} 38z" fill="${roof}"/>${windows.join('')}`;
}

export const harbor: Photo = {
  id: 'harbor',
  title: 'Low tide, no hurry',
  place: 'Lisse Harbor',
  takenOn: '2026-07-02',
  description: 'Two sailing boats lie in front of a row of colorful houses and their reflections.',
  width: 800,
  height: 600,
  drawing: `${sky('#bfe0ea', '#fdf2df')}
    <path d="M60 110q40-40 90-16 40-30 80 6 34 4 30 26H50q-10-10 10-16zM520 76q30-28 66-12 30-20 60 6 24 2 22 18H514q-8-8 6-12z" fill="#fff"/>
    ${house(30, 110, { height: 130, wall: '#d9694a', roof: '#7b3a2e' })}${house(140, 96, { height: 170, wall: '#f0c36a', roof: '#8a5b2c' })}
    ${house(236, 120, { height: 120, wall: '#7fb3a6', roof: '#3b6159' })}${house(356, 100, { height: 160, wall: '#f4ead6', roof: '#7b3a2e' })}
    ${house(456, 116, { height: 140, wall: '#6d97bd', roof: '#38506b' })}${house(572, 98, { height: 176, wall: '#e39a8b', roof: '#7b3a2e' })}
    ${house(670, 104, { height: 126, wall: '#cdb98f', roof: '#6a5433' })}
    <rect y="330" width="800" height="22" fill="#8c7f70"/><rect y="352" width="800" height="248" fill="#3f8a96"/>
    <path d="M30 352h110v60H30zM572 352h98v80h-98z" fill="#d9694a" opacity=".2"/>
    <path d="M140 352h96v84h-96zM356 352h100v76H356z" fill="#f4ead6" opacity=".25"/>
    <path d="M0 420h180v5H0zM260 446h240v6H260zM560 470h240v6H560zM90 520h250v7H90zM420 556h300v8H420z" fill="#8cc3c6" opacity=".6"/>
    ${boat(250, 440, { scale: 1.1, hull: '#23405c', sail: '#d9562f' })}${boat(600, 410, { scale: 0.75, hull: '#8a3b2f', sail: '#f0c36a' })}`,
};
