/** The picture of the start page: three prints, thrown on a table. */
export const hero = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="360" viewBox="0 0 480 360">
<g transform="rotate(-9 150 190)"><rect x="36" y="70" width="236" height="190" fill="#fff" stroke="#dccfbe"/>
<path fill="#f6c08f" d="M50 84h208v148H50z"/><circle cx="196" cy="150" r="26" fill="#fff1d2"/>
<path fill="#d98f4c" d="M50 190q60-40 110-10t98-20v72H50z"/><path fill="#b4622f" d="M50 216q70-30 120-6t88-14v36H50z"/></g>
<g transform="rotate(7 330 180)"><rect x="226" y="50" width="212" height="176" fill="#fff" stroke="#dccfbe"/>
<path fill="#a9d3df" d="M240 64h184v136H240z"/><path fill="#8fb694" d="M240 168q50-40 96-12t88-18v62H240z"/>
<path fill="#4f8060" d="M240 186q60-26 100-6t84-10v30H240z"/>
<path fill="#d9562f" d="M330 82c22 0 36 16 36 34 0 18-18 32-28 44h-16c-10-12-28-26-28-44 0-18 14-34 36-34z"/>
<path fill="#f3b04a" d="M330 82c10 0 14 16 14 34 0 18-6 32-10 44h-8c-4-12-10-26-10-44 0-18 4-34 14-34z"/>
<path fill="#7a4f2c" d="M324 168h12v10h-12z"/></g>
<g transform="rotate(-2 260 250)"><rect x="150" y="146" width="226" height="190" fill="#fff" stroke="#dccfbe"/>
<path fill="#26345c" d="M164 160h198v146H164z"/><circle cx="314" cy="196" r="18" fill="#f7f0d8"/>
<path fill="#4a5c8c" d="M164 262l50-54 38 38 42-60 68 76v44H164z"/><path fill="#dfe5f1" d="M294 186l22 25-12 8-10-8-10 10-8-8z"/>
<path fill="#eef2f8" d="M164 280q60-18 110-4t88-8v38H164z"/>
<path fill="#16233f" d="M196 292l16-44 16 44zM330 296l14-38 14 38z"/></g></svg>`;
