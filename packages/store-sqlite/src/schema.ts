/**
 * The schema, a step a version; a step that has been released is never changed. Instants are milliseconds since the
 * epoch. Lists, and what never changes after a row was made, are JSON: a fact that is added later needs no migration.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE clients (
    id           TEXT    PRIMARY KEY,
    grant_epoch  INTEGER NOT NULL,
    disabled_at  INTEGER,
    version      INTEGER NOT NULL,
    document     TEXT    NOT NULL -- all else of the client; of its secrets, keyed hashes
  ) STRICT;

  CREATE TABLE users (
    id             TEXT    PRIMARY KEY,
    username_key   TEXT    NOT NULL UNIQUE, -- normalizeUsername(username)
    username       TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    password_hash  TEXT,                    -- argon2id
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,
    grant_epoch    INTEGER NOT NULL,
    session_epoch  INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    id                TEXT    PRIMARY KEY,
    secret_hash       TEXT    NOT NULL,
    user_id           TEXT    NOT NULL,
    session_epoch     INTEGER NOT NULL,
    authenticated_at  INTEGER NOT NULL,
    amr               TEXT    NOT NULL,
    opened_at         INTEGER NOT NULL,
    ends_at           INTEGER NOT NULL,
    ended_at          INTEGER,
    user_agent        TEXT    NOT NULL,
    address           TEXT    NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions (user_id);
  CREATE INDEX sessions_by_end ON sessions (ends_at);

  CREATE TABLE consents (
    user_id           TEXT    NOT NULL,
    client_id         TEXT    NOT NULL,
    scopes            TEXT    NOT NULL,
    resources         TEXT    NOT NULL,
    first_granted_at  INTEGER NOT NULL,
    decided_at        INTEGER NOT NULL,
    last_used_at      INTEGER,
    withdrawn_at      INTEGER,
    epoch             INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
  ) STRICT;

  -- The one hot table. An advance changes columns that no index covers: it writes the row's page and nothing else.
  CREATE TABLE grants (
    id            TEXT    PRIMARY KEY, -- the code's id; begins with time
    generation    INTEGER NOT NULL,
    advanced_at   INTEGER NOT NULL,
    last_used_at  INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,
    access_epoch  INTEGER NOT NULL,
    revoked_at    INTEGER,
    revoked_why   TEXT,
    sweep_at      INTEGER NOT NULL,
    facts         TEXT    NOT NULL     -- client, user, session, scopes, resources, epochs, ...
  ) STRICT;
  CREATE INDEX grants_by_sweep ON grants (sweep_at);

  CREATE TABLE keys (
    id              TEXT    PRIMARY KEY,
    purpose         TEXT    NOT NULL,
    algorithm       TEXT    NOT NULL,
    slot            INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    active_from     INTEGER NOT NULL,
    revoked_at      INTEGER,
    public_jwk      TEXT,
    sealed_private  TEXT    NOT NULL, -- under the root key, which is not in the database
    UNIQUE (purpose, algorithm, slot)
  ) STRICT;

  CREATE TABLE attempts (
    key             TEXT    PRIMARY KEY,
    count           INTEGER NOT NULL,
    window_ends_at  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attempts_by_end ON attempts (window_ends_at);

  -- One row, written by check(): whoever can read but not write is not well.
  CREATE TABLE heartbeat (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    beats  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO heartbeat VALUES (1, 0);
  `,
  `
  ALTER TABLE clients ADD COLUMN expires_at INTEGER; -- of a client that registered itself; in its document too
  CREATE INDEX clients_by_expiry ON clients (expires_at) WHERE expires_at IS NOT NULL;

  ALTER TABLE users ADD COLUMN profile TEXT; -- claims about the person

  ALTER TABLE consents ADD COLUMN facts TEXT; -- what else was decided on

  -- The apps that were signed in to in a session; the rows go with it.
  CREATE TABLE session_clients (
    session_id  TEXT    NOT NULL,
    client_id   TEXT    NOT NULL,
    entered_at  INTEGER NOT NULL, -- for the first time
    PRIMARY KEY (session_id, client_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE once (
    key    TEXT    PRIMARY KEY, -- what may be used once: the jti of an assertion, say
    until  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX once_by_end ON once (until);

  CREATE TABLE pushed_requests (
    id            TEXT    PRIMARY KEY, -- hash of the reference that the client holds
    client_id     TEXT    NOT NULL,
    content       TEXT    NOT NULL,
    expires_at    INTEGER NOT NULL,
    completed_at  INTEGER
  ) STRICT;
  CREATE INDEX pushed_requests_by_end ON pushed_requests (expires_at);
  `,
];
