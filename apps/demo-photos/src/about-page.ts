import { html } from 'hono/html';

export interface About {
  readonly issuer: string;
  readonly audience: string;
  readonly metadataPath: string;
}

/** Says to developers what stands here, in the exact words. */
export function aboutPage({ issuer, audience, metadataPath }: About) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Photos API</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>Photos API</h1>
<p>The resource server of the demo: it keeps Ada's photos and shows them to apps that Ada has allowed to see them. It knows
no passwords. It takes access tokens of <code>${issuer}</code> that are meant for <code>${audience}</code>.</p>
<dl class="card">
<div><dt><code>GET /photos</code></dt><dd>The list of photos, as JSON. Needs the scope <code>photos:read</code>.</dd></div>
<div><dt><code>GET /photos/:id.svg</code></dt><dd>One photo. Needs the scope <code>photos:read</code>.</dd></div>
<div><dt><a href="${metadataPath}"><code>GET ${metadataPath}</code></a></dt><dd>Protected resource metadata (RFC 9728). Needs nothing.</dd></div>
</dl>
<h2>Try it</h2>
<p>Ask without a token, and the <code>WWW-Authenticate</code> header says what is missing and where to get it:</p>
<p><code>curl -i ${audience.replace(/\/$/, '')}/photos</code></p>
<p class="quiet">The photos are drawn, and so is the API: it is part of the Valetkey demo.</p>
</main>
</body>
</html>`;
}
