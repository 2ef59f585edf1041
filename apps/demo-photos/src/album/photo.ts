/** A photo of the demo: drawn, so that it takes up no space. */
export interface Photo {
  readonly id: string;
  readonly title: string;
  readonly place: string;
  /** Calendar date. */
  readonly takenOn: string;
  /** For those who cannot see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** What stands between `<svg>` and `</svg>`. */
  readonly drawing: string;
}

/** The photo as a file. */
export function svgOf({ width, height, drawing }: Photo): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawing.trim().replace(/\n\s*/g, '')}</svg>`;
}

/** A sky from `top` to `bottom` over the whole photo. */
export function sky(top: string, bottom: string): string {
  return `<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/>
    </linearGradient></defs><rect width="100%" height="100%" fill="url(#sky)"/>`;
}
