import { type Client, ClientError, type Session } from '@valetkey/client';

/** A photo as the API describes it. */
export interface Photo {
  readonly id: string;
  readonly title: string;
  readonly place: string;
  readonly takenOn: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

/** An answer of the API that is no photo. */
export class PhotoApiError extends Error {
  override readonly name = 'PhotoApiError';
  readonly status: number;

  constructor(status: number) {
    super(`the photo API answered ${status}`);
    this.status = status;
  }
}

export interface PhotoApi {
  list(session: Session): Promise<readonly Photo[]>;
  /** A photo's file, to be passed on to the browser. */
  image(session: Session, id: string): Promise<Response>;
}

/** The photo API, called with the person's access token, which stays on this side. */
export function photoApi(client: Client, photosUrl: string): PhotoApi {
  const base = photosUrl.replace(/\/$/, '');
  async function get(session: Session, path: string): Promise<Response> {
    const response = await client.fetch(session, new Request(base + path));
    // The token was renewed and still is not good: the permission was taken back elsewhere.
    if (response.status === 401) throw new ClientError('session_ended', { cause: new PhotoApiError(401) });
    if (response.status !== 200) throw new PhotoApiError(response.status);
    return response;
  }
  return {
    async list(session) {
      const body: unknown = await (await get(session, '/photos')).json();
      return readPhotos(body);
    },
    async image(session, id) {
      const { headers, body } = await get(session, `/photos/${encodeURIComponent(id)}.svg`);
      if (headers.get('content-type')?.split(';')[0] !== 'image/svg+xml') throw new PhotoApiError(502);
      return new Response(body, { headers: IMAGE });
    },
  };
}

const IMAGE = {
  'content-type': 'image/svg+xml',
  // A drawing of somebody else: shown, but nothing in it runs or loads, even when it is opened alone.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'private, max-age=300',
};

/** Takes what can be shown, and nothing that is not as expected. */
function readPhotos(body: unknown): readonly Photo[] {
  if (typeof body !== 'object' || body === null || !('photos' in body)) throw new PhotoApiError(502);
  return Array.isArray(body.photos) ? body.photos.filter(isPhoto) : [];
}

function isPhoto(value: unknown): value is Photo {
  if (typeof value !== 'object' || value === null) return false;
  const photo = value as Record<string, unknown>;
  const texts = [photo.id, photo.title, photo.place, photo.takenOn, photo.description];
  return (
    texts.every((text) => typeof text === 'string') &&
    /^[a-z0-9-]{1,40}$/.test(String(photo.id)) &&
    /^\d{4}-\d{2}-\d{2}$/.test(String(photo.takenOn)) &&
    Number.isInteger(photo.width) &&
    Number.isInteger(photo.height)
  );
}
