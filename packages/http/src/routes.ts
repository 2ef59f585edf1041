import { metadataPaths } from '@valetkey/protocol';
import type { Config } from '@valetkey/server';
import type { Endpoint } from './context.ts';
import { showApps, showSessions, submitDisconnect, submitEndSession } from './endpoints/account.ts';
import { authorizeEndpoint } from './endpoints/authorize.ts';
import { showConsent, submitConsent } from './endpoints/consent.ts';
import {
  healthEndpoint,
  homeEndpoint,
  jwksEndpoint,
  metadataEndpoint,
  readinessEndpoint,
} from './endpoints/documents.ts';
import { showLogin, submitLogin } from './endpoints/login.ts';
import { showLogout, submitLogout } from './endpoints/logout.ts';
import {
  deleteRegistration,
  registerEndpoint,
  replaceRegistration,
  showRegistration,
} from './endpoints/register.ts';
import { showSignUp, submitSignUp } from './endpoints/sign-up.ts';
import { showSignedOut } from './endpoints/signed-out.ts';
import { introspectEndpoint, parEndpoint, revokeEndpoint, tokenEndpoint } from './endpoints/token.ts';
import { userinfoEndpoint } from './endpoints/userinfo.ts';
import type { Asset } from './pages/asset.ts';
import { assets } from './pages/assets.ts';
import { file } from './respond.ts';
import type { Route } from './route.ts';

/** Everything that is answered, in one table. `base` is the issuer's path. What is switched off is not there. */
export function routes({ issuer, features, registration }: Config, base: string): Route[] {
  const page = { answers: 'page', cors: 'nobody' } as const;
  const program = { answers: 'json', cors: 'registered' } as const;
  const published = { answers: 'json', cors: 'everyone' } as const;
  return [
    { ...page, path: `${base}/authorize`, get: authorizeEndpoint, post: authorizeEndpoint },
    { ...page, path: `${base}/login`, get: showLogin, post: submitLogin },
    ...only(features.signUp, { ...page, path: `${base}/sign-up`, get: showSignUp, post: submitSignUp }),
    { ...page, path: `${base}/consent`, get: showConsent, post: submitConsent },
    { ...program, path: `${base}/token`, post: tokenEndpoint },
    { ...program, path: `${base}/revoke`, post: revokeEndpoint },
    { ...program, cors: 'nobody', path: `${base}/introspect`, post: introspectEndpoint },
    ...only(features.pushedRequests, { ...program, path: `${base}/par`, post: parEndpoint }),
    ...only(features.openid, {
      ...program,
      path: `${base}/userinfo`,
      get: userinfoEndpoint,
      post: userinfoEndpoint,
    }),
    ...only(registration.mode !== 'off', {
      ...published,
      path: `${base}/register`,
      post: registerEndpoint,
    }),
    ...only(registration.mode !== 'off' && registration.management, {
      ...published,
      path: `${base}/register/:id`,
      get: showRegistration,
      put: replaceRegistration,
      delete: deleteRegistration,
    }),
    { ...published, path: `${base}/jwks`, get: jwksEndpoint },
    ...metadataPaths(issuer).map((path) => ({ ...published, path, get: metadataEndpoint })),
    { ...page, path: `${base}/account`, get: showApps },
    { ...page, path: `${base}/account/apps/revoke`, post: submitDisconnect },
    { ...page, path: `${base}/account/sessions`, get: showSessions },
    { ...page, path: `${base}/account/sessions/end`, post: submitEndSession },
    { ...page, path: `${base}/logout`, get: showLogout, post: submitLogout },
    { ...page, path: `${base}/logged-out`, get: showSignedOut },
    { ...page, path: `${base}/`, get: homeEndpoint },
    { answers: 'json', cors: 'nobody', path: `${base}/healthz`, get: healthEndpoint },
    { answers: 'json', cors: 'nobody', path: `${base}/readyz`, get: readinessEndpoint },
    ...assets.map((asset) => ({ ...page, path: `${base}${asset.path}`, get: serve(asset) })),
  ];
}

function only(isOn: boolean, route: Route): Route[] {
  return isOn ? [route] : [];
}

function serve(asset: Asset): Endpoint {
  return async (context) => file(context, asset);
}
