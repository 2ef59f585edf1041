import { aClient, aSession, aUser } from '@valetkey/store-contract';
import { aStage, issuer, type Stage } from '../authority.fixture.ts';
import type { ConfigInput } from '../config.ts';
import { signJwt } from '../keys/sign-jwt.ts';
import type { Client, Session, User } from '../model.ts';
import { sessionIdFor, subjectFor } from '../openid/subject.ts';
import type { Fetched, OutgoingRequest } from '../ports.ts';
import type { Visitor } from '../session.ts';

export const home = 'https://print.example/bye';

export interface LogoutStage extends Stage {
  readonly user: User;
  readonly session: Session;
  readonly visitor: Visitor;
  /** What was posted, in order. */
  readonly posts: OutgoingRequest[];
  readonly addClient: (over?: Partial<Client>) => Promise<Client>;
  /** A client that was signed in to with the session. */
  readonly enter: (over?: Partial<Client>) => Promise<Client>;
  /** An ID token about the person of the session, with other claims on top. */
  readonly idToken: (client: Client, over?: object, typ?: string) => Promise<string>;
}

/** A person who is signed in. `answer`: of every client that is posted to. */
export async function aLogoutStage(
  over: {
    config?: Partial<ConfigInput>;
    seed?: string;
    answer?: (request: OutgoingRequest) => Fetched | Promise<Fetched>;
  } = {},
): Promise<LogoutStage> {
  const { answer = accepted, seed = 'seed' } = over;
  const posts: OutgoingRequest[] = [];
  const fetcher = {
    async fetch(request: OutgoingRequest) {
      posts.push(request);
      return answer(request);
    },
  };
  const on = aStage({ fetcher, seed, ...(over.config === undefined ? {} : { config: over.config }) });
  const { authority, store } = on;
  const user = aUser();
  const session = aSession({ userId: user.id });
  await store.users.add(user);
  await store.sessions.open(session);
  const addClient = async (more: Partial<Client> = {}) => {
    const client = aClient(more);
    await store.clients.add(client);
    return client;
  };
  return {
    ...on,
    user,
    session,
    visitor: { user, session, consent: null, renewedCookie: null },
    posts,
    addClient,
    enter: async (more) => {
      const client = await addClient(more);
      await store.sessions.enter({ sessionId: session.id, clientId: client.id, now: on.clock.now });
      return client;
    },
    idToken: (client, more = {}, typ = 'JWT') => {
      const iat = Math.floor(on.clock.now / 1000);
      const sub = subjectFor(authority, client, user.id);
      const sid = sessionIdFor(authority, client, session.id);
      const claims = { iss: issuer, sub, aud: client.id, exp: iat + 600, iat, sid, ...more };
      return signJwt(authority, { algorithm: 'RS256', typ, claims, now: on.clock.now });
    },
  };
}

export function accepted(): Fetched {
  return { outcome: 'fetched', status: 200, mediaType: '', body: '', freshForSeconds: null };
}
