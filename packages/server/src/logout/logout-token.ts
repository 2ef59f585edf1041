import type { Authority } from '../authority.ts';
import { signJwt } from '../keys/sign-jwt.ts';
import type { Client, Session } from '../model.ts';
import { idTokenAlgorithm } from '../openid/algorithms.ts';
import { sessionIdFor, subjectFor } from '../openid/subject.ts';

/** The member that makes a JWT a logout token (OpenID Connect Back-Channel Logout §2.4). */
const event = 'http://schemas.openid.net/event/backchannel-logout';

/** Seconds; §4 recommends two minutes at most. */
const lifetime = 120;

/** Tells a client that a session of a person has ended. Signed as its ID tokens are; good for two minutes. */
export function issueLogoutToken(
  authority: Authority,
  client: Client,
  session: Pick<Session, 'id' | 'userId'>,
): Promise<string> {
  const { config } = authority;
  const now = authority.clock();
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: config.issuer,
    sub: subjectFor(authority, client, session.userId),
    aud: client.id,
    iat,
    exp: iat + lifetime,
    jti: Buffer.from(authority.random(16)).toString('base64url'),
    sid: sessionIdFor(authority, client, session.id),
    events: { [event]: {} },
  };
  return signJwt(authority, { algorithm: idTokenAlgorithm(config, client), typ: 'logout+jwt', claims, now });
}
