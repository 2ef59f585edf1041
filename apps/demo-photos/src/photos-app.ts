import { createGuard, type ResourceConfig } from '@valetkey/resource';
import { Hono } from 'hono';
import { aboutPage } from './about-page.ts';
import { album } from './album/album.ts';
import { svgOf } from './album/photo.ts';
import { securityHeaders } from './security-headers.ts';
import { stylesheet } from './stylesheet.ts';

export interface PhotosConfig extends Pick<ResourceConfig, 'fetch' | 'clock' | 'onRefusal'> {
  /** The authorization server whose access tokens count. */
  readonly issuer: string;
  /** The public URL of this API, which is the audience of its tokens. http is taken on loopback. */
  readonly audience: string;
}

/** The scope that the photos need. */
const NEEDS = { scope: ['photos:read'] };

/** The photo API: a resource server with one album. */
export function createPhotosApp(config: PhotosConfig): Hono {
  const guard = createGuard({
    ...config,
    resourceName: 'Photos',
    scopesSupported: NEEDS.scope,
    allowInsecureLoopback: true,
  });
  const base = config.audience.replace(/\/$/, '');
  const metadataPath = new URL(guard.metadataUrl).pathname;

  const app = new Hono();
  app.use(securityHeaders({ secure: base.startsWith('https:') }));
  app.use(async (c, next) => guard.metadata(c.req.raw) ?? next());
  app.get('/', (c) => c.html(aboutPage({ issuer: config.issuer, audience: config.audience, metadataPath })));
  app.get('/style.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/photos', (c) =>
    guard.protect(c.req.raw, NEEDS, ({ subject }) =>
      Response.json({
        owner: subject,
        photos: album.map(({ drawing: _, ...facts }) => ({
          ...facts,
          url: `${base}/photos/${facts.id}.svg`,
        })),
      }),
    ),
  );
  app.get('/photos/:file', (c) =>
    guard.protect(c.req.raw, NEEDS, () => {
      const photo = album.find(({ id }) => `${id}.svg` === c.req.param('file'));
      if (!photo) return Response.json({ error: 'not_found' }, { status: 404 });
      return new Response(svgOf(photo), { headers: { 'content-type': 'image/svg+xml' } });
    }),
  );
  return app;
}
