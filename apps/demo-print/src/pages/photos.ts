import { html } from 'hono/html';
import type { Photo } from '../photo-api.ts';
import { disconnectForm, layout, type Markup } from './layout.ts';

export function photosPage(photos: readonly Photo[]): Markup {
  const main = html`
<div>
<h1>Choose your prints</h1>
<p>${photos.length === 0 ? 'There are no photos yet. Photos you add to your album will appear here.' : 'Straight from your album. Tap a photo to see it large.'}</p>
</div>
<ul class="prints" id="photo-list">${photos.map(print)}</ul>
<div class="buttons"><a class="button" href="/">Back to start</a>${disconnectForm()}</div>`;
  return layout({ title: 'Your photos', connected: true, main });
}

function print({ id, title, place, takenOn, description, width, height }: Photo): Markup {
  return html`
<li class="print">
<a href="/photos/${id}.svg"><img src="/photos/${id}.svg" alt="${description}" width="${width}" height="${height}" loading="lazy"></a>
<div><h2>${title}</h2><p class="quiet">${place} · <time datetime="${takenOn}">${inWriting(takenOn)}</time></p></div>
</li>`;
}

/** A calendar date, which has no time zone: `June 3, 2026`. */
function inWriting(date: string): string {
  const style = { dateStyle: 'long', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-US', style).format(new Date(`${date}T00:00:00Z`));
}
