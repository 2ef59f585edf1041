import { listen } from './listen.ts';
import { oidcProvider } from './oidc-provider.ts';

await listen((issuer) => oidcProvider(issuer));
