/**
 * The schema, a step a version; a step that has been released is never changed, and the nodes of the version before it
 * can live with it. Instants are milliseconds since the epoch. Lists, and what never changes after a row was made, are
 * JSON in text: a fact that is added later needs no migration. Ids are compared by their bytes, whatever the language of
 * the database.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE clients (
    id           text COLLATE "C" PRIMARY KEY,
    grant_epoch  bigint NOT NULL,
    disabled_at  bigint,
    version      bigint NOT NULL,
    document     text   NOT NULL -- all else of the client; of its secrets, keyed hashes
  );

  CREATE TABLE users (
    id             text COLLATE "C" PRIMARY KEY,
    username_key   text COLLATE "C" NOT NULL UNIQUE, -- normalizeUsername(username)
    username       text   NOT NULL,
    name           text   NOT NULL,
    password_hash  text,                             -- argon2id
    created_at     bigint NOT NULL,
    disabled_at    bigint,
    grant_epoch    bigint NOT NULL,
    session_epoch  bigint NOT NULL
  );

  CREATE TABLE sessions (
    id                text COLLATE "C" PRIMARY KEY,
    secret_hash       text   NOT NULL,
    user_id           text COLLATE "C" NOT NULL,
    session_epoch     bigint NOT NULL,
    authenticated_at  bigint NOT NULL,
    amr               text   NOT NULL,
    opened_at         bigint NOT NULL,
    ends_at           bigint NOT NULL,
    ended_at          bigint,
    user_agent        text   NOT NULL,
    address           text   NOT NULL
  );
  CREATE INDEX sessions_by_user ON sessions (user_id);
  CREATE INDEX sessions_by_end ON sessions (ends_at);

  CREATE TABLE consents (
    user_id           text COLLATE "C" NOT NULL,
    client_id         text COLLATE "C" NOT NULL,
    scopes            text   NOT NULL,
    resources         text   NOT NULL,
    first_granted_at  bigint NOT NULL,
    decided_at        bigint NOT NULL,
    last_used_at      bigint,
    withdrawn_at      bigint,
    epoch             bigint NOT NULL,
    version           bigint NOT NULL,
    PRIMARY KEY (user_id, client_id)
  );

  -- The one hot table. An advance changes columns that no index covers, and finds room in the row's own page: a
  -- heap-only update, which writes no index.
  CREATE TABLE grants (
    id            text COLLATE "C" PRIMARY KEY, -- the code's id; begins with time
    generation    bigint NOT NULL,
    advanced_at   bigint NOT NULL,
    last_used_at  bigint NOT NULL,
    expires_at    bigint NOT NULL,
    ends_at       bigint NOT NULL,
    access_epoch  bigint NOT NULL,
    revoked_at    bigint,
    revoked_why   text,
    sweep_at      bigint NOT NULL,
    facts         text   NOT NULL               -- client, user, session, scopes, resources, epochs, ...
  ) WITH (fillfactor = 80);
  CREATE INDEX grants_by_sweep ON grants (sweep_at);

  CREATE TABLE keys (
    id              text COLLATE "C" PRIMARY KEY,
    purpose         text COLLATE "C" NOT NULL,
    algorithm       text COLLATE "C" NOT NULL,
    slot            bigint NOT NULL,
    created_at      bigint NOT NULL,
    active_from     bigint NOT NULL,
    revoked_at      bigint,
    public_jwk      text,
    sealed_private  text   NOT NULL,            -- under the root key, which is not in the database
    UNIQUE (purpose, algorithm, slot)
  );

  CREATE TABLE attempts (
    key             text COLLATE "C" PRIMARY KEY,
    count           bigint NOT NULL,
    window_ends_at  bigint NOT NULL
  );
  CREATE INDEX attempts_by_end ON attempts (window_ends_at);

  -- One row, written by check(): whoever can read but not write is not well.
  CREATE TABLE heartbeat (
    one    bigint PRIMARY KEY CHECK (one = 1),
    beats  bigint NOT NULL
  );
  INSERT INTO heartbeat (one, beats) VALUES (1, 0);
  `,
  `
  ALTER TABLE clients ADD COLUMN expires_at bigint; -- of a client that registered itself; in its document too
  CREATE INDEX clients_by_expiry ON clients (expires_at) WHERE expires_at IS NOT NULL;

  ALTER TABLE users ADD COLUMN profile text; -- claims about the person

  ALTER TABLE consents ADD COLUMN facts text; -- what else was decided on

  -- The apps that were signed in to in a session; the rows go with it.
  CREATE TABLE session_clients (
    session_id  text COLLATE "C" NOT NULL,
    client_id   text COLLATE "C" NOT NULL,
    entered_at  bigint NOT NULL, -- for the first time
    PRIMARY KEY (session_id, client_id)
  );

  CREATE TABLE once (
    key    text COLLATE "C" PRIMARY KEY, -- what may be used once: the jti of an assertion, say
    until  bigint NOT NULL
  );
  CREATE INDEX once_by_end ON once (until);

  CREATE TABLE pushed_requests (
    id            text COLLATE "C" PRIMARY KEY, -- hash of the reference that the client holds
    client_id     text COLLATE "C" NOT NULL,
    content       text   NOT NULL,
    expires_at    bigint NOT NULL,
    completed_at  bigint
  );
  CREATE INDEX pushed_requests_by_end ON pushed_requests (expires_at);
  `,
];
