/** What stands inside the first element of this name. */
export function inside(document: string, name: string): string {
  return new RegExp(`<${name}[^>]*>(.*?)</${name}>`, 's').exec(document)?.[1] ?? '';
}

/** The start tag with this id. */
export function element(document: string, id: string): string {
  return new RegExp(`<[^>]* id="${id}"[^>]*>`).exec(document)?.[0] ?? '';
}

/** What a person reads. */
export function text(html: string): string {
  return html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
}
