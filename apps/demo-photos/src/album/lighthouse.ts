import { type Photo, sky } from './photo.ts';

export const lighthouse: Photo = {
  id: 'lighthouse',
  title: 'First light',
  place: 'Cape Varde',
  takenOn: '2026-06-03',
  description: 'A red and white lighthouse on a dark rock, the sun rising over a calm sea.',
  width: 800,
  height: 600,
  drawing: `${sky('#f6b58a', '#fde6c8')}
    <circle cx="250" cy="392" r="74" fill="#fff4dc"/>
    <path d="M0 150q90-26 190-4t210-14 190 6 210-18v26q-130 26-230 12t-220 16-190-8-160 4z" fill="#fbd3ae" opacity=".8"/>
    <rect y="392" width="800" height="208" fill="#2f6f86"/>
    <path d="M176 392h148l46 208H130z" fill="#f8d9b0" opacity=".55"/>
    <path d="M0 430h220v6H0zM300 452h280v6H300zM60 486h200v7H60zM360 520h300v8H360zM20 556h260v9H20z" fill="#5b97a8" opacity=".6"/>
    <path d="M430 600q30-120 120-150l170-14q60 40 80 90v74z" fill="#26333f"/>
    <path d="M520 600q40-90 120-104l160 24v80z" fill="#1b2630"/>
    <path d="M590 446l18-236h64l18 236z" fill="#fbf7f0"/>
    <path d="M594.600 386l4.600-60h81.600l4.600 60zM603.800 266l4.200-56h64l4.200 56z" fill="#c8452f"/>
    <rect x="596" y="198" width="88" height="14" rx="3" fill="#26333f"/>
    <rect x="614" y="156" width="52" height="44" fill="#ffe9a8"/>
    <path d="M608 158l32-34 32 34z" fill="#c8452f"/>
    <path d="M614 178L0 96v64z" fill="#fff6d8" opacity=".28"/>
    <path d="M120 236q12-14 24 0 12-14 24 0M196 200q9-11 18 0 9-11 18 0" fill="none" stroke="#7a4f3c" stroke-width="4"/>`,
};
