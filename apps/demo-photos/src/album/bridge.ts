import { type Photo, sky } from './photo.ts';

const blocks = [
  [20, 60, 200],
  [90, 80, 260],
  [180, 50, 170],
  [240, 90, 300],
  [340, 60, 220],
  [410, 80, 270],
  [500, 56, 190],
  [566, 90, 320],
  [666, 60, 230],
  [736, 50, 180],
] as const;

function block([x, width, height]: readonly [number, number, number], i: number): string {
  const top = 440 - height;
  const rows = Array.from({ length: Math.floor(height / 34) }, (_, row) => row);
  const lit = rows.flatMap((row) =>
    [0, 1, 2].filter((column) => (row * 3 + column + i) % 4 !== 0).map((column) => [row, column] as const),
  );
  const windows = lit.map(
    ([row, column]) => `M${x + 8 + (column * (width - 12)) / 3} ${top + 14 + row * 30}h9v13h-9z`,
  );
  return `<rect x="${x}" y="${top}" width="${width}" height="${height}" fill="${i % 2 ? '#2b2f52' : '#23274a'}"/><path d="${windows.join('')}" fill="#ffcf7a" opacity=".85"/>`;
}

export const bridge: Photo = {
  id: 'bridge',
  title: 'Walking home',
  place: 'Old Iron Bridge',
  takenOn: '2026-05-17',
  description: 'A suspension bridge with lit cables in front of a city skyline after sunset.',
  width: 800,
  height: 600,
  drawing: `${sky('#31356b', '#e98e73')}
    ${blocks.map(block).join('')}
    <rect y="440" width="800" height="160" fill="#1d2342"/>
    <path d="M40 470h120v5H40zM240 500h200v6H240zM520 480h180v5H520zM120 550h260v7H120zM480 560h240v7H480z" fill="#e98e73" opacity=".45"/>
    <path d="M180 220h24v280h-24zM596 220h24v280h-24z" fill="#b4483a"/>
    <path d="M174 214h36v14h-36zM590 214h36v14h-36z" fill="#d8604c"/>
    <path d="M0 380Q130 350 192 226 400 520 608 226 670 350 800 380" fill="none" stroke="#d8604c" stroke-width="6"/>
    ${Array.from({ length: 19 }, (_, i) => 30 + i * 41)
      .map((x) => `<circle cx="${x}" cy="410" r="4" fill="#ffe7b0"/>`)
      .join('')}
    <rect y="418" width="800" height="16" fill="#8f3a31"/>`,
};
