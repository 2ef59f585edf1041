import type { Client, Consent, Grant, Session, User } from '@valetkey/server';
import { aClient, aConsent, aGrant, aSession, aUser } from './fixtures.ts';

export interface FirstVersion {
  readonly records: {
    readonly client: Client;
    readonly user: User;
    readonly session: Session;
    readonly consent: Consent;
    readonly grant: Grant;
  };
  readonly rows: readonly {
    readonly table: string;
    readonly columns: Readonly<Record<string, string | number | null>>;
  }[];
}

/** One record of each kind, and the rows that the first version of the schema kept of them. */
export function firstVersion(): FirstVersion {
  const client = aClient();
  const user = aUser();
  const session = aSession({ userId: user.id });
  const consent = aConsent({ userId: user.id, clientId: client.id, version: 1 });
  const grant = aGrant({ userId: user.id, clientId: client.id, sessionId: session.id });
  return {
    records: { client, user, session, consent, grant },
    rows: [
      { table: 'clients', columns: clientColumns(client) },
      { table: 'users', columns: userColumns(user) },
      { table: 'sessions', columns: sessionColumns(session) },
      { table: 'consents', columns: consentColumns(consent) },
      { table: 'grants', columns: grantColumns(grant) },
    ],
  };
}

function clientColumns({ id, grantEpoch, disabledAt, version, ...document }: Client) {
  return {
    id,
    grant_epoch: grantEpoch,
    disabled_at: disabledAt,
    version,
    document: JSON.stringify(document),
  };
}

function userColumns(user: User) {
  return {
    id: user.id,
    username_key: user.username,
    username: user.username,
    name: user.name,
    password_hash: user.passwordHash,
    created_at: user.createdAt,
    disabled_at: user.disabledAt,
    grant_epoch: user.grantEpoch,
    session_epoch: user.sessionEpoch,
  };
}

function sessionColumns(session: Session) {
  return {
    id: session.id,
    secret_hash: session.secretHash,
    user_id: session.userId,
    session_epoch: session.sessionEpoch,
    authenticated_at: session.authenticatedAt,
    amr: JSON.stringify(session.amr),
    opened_at: session.openedAt,
    ends_at: session.endsAt,
    ended_at: session.endedAt,
    user_agent: session.userAgent,
    address: session.address,
  };
}

function consentColumns(consent: Consent) {
  return {
    user_id: consent.userId,
    client_id: consent.clientId,
    scopes: JSON.stringify(consent.scopes),
    resources: JSON.stringify(consent.resources),
    first_granted_at: consent.firstGrantedAt,
    decided_at: consent.decidedAt,
    last_used_at: consent.lastUsedAt,
    withdrawn_at: consent.withdrawnAt,
    epoch: consent.epoch,
    version: consent.version,
  };
}

function grantColumns(grant: Grant) {
  const { id, clientId, userId, sessionId, endsWithSession, scopes, resources, ...rest } = grant;
  const { authenticatedAt, amr, userEpoch, clientEpoch, consentEpoch, openedAt } = rest;
  const ofWhom = { clientId, userId, sessionId, endsWithSession, scopes, resources, authenticatedAt, amr };
  return {
    id,
    generation: grant.generation,
    advanced_at: grant.advancedAt,
    last_used_at: grant.lastUsedAt,
    expires_at: grant.expiresAt,
    ends_at: grant.endsAt,
    access_epoch: grant.accessEpoch,
    revoked_at: grant.revokedAt,
    revoked_why: grant.revokedWhy,
    sweep_at: grant.sweepAt,
    facts: JSON.stringify({ ...ofWhom, userEpoch, clientEpoch, consentEpoch, openedAt }),
  };
}
