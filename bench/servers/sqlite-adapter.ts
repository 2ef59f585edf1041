import type { DatabaseSync } from 'node:sqlite';
import type { Adapter, AdapterConstructor, AdapterPayload } from 'oidc-provider';

/**
 * A store for oidc-provider that takes durability as seriously as Valetkey's: every write is committed before it is
 * acknowledged. One table, statements prepared once, an index for each way of finding.
 */
export function sqliteAdapter(database: DatabaseSync): AdapterConstructor {
  const statements = prepare(database);
  return class SqliteAdapter implements Adapter {
    readonly #model: string;

    constructor(model: string) {
      this.#model = model;
    }

    async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
      const expiresAt = expiresIn ? now() + expiresIn : null;
      const { grantId = null, uid = null, userCode = null } = payload;
      statements.upsert.run(this.#key(id), grantId, uid, userCode, expiresAt, JSON.stringify(payload));
    }

    async find(id: string): Promise<AdapterPayload | undefined> {
      return payloadOf(statements.find.get(this.#key(id), now()));
    }

    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return payloadOf(statements.findByUid.get(uid, now()));
    }

    async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
      return payloadOf(statements.findByUserCode.get(userCode, now()));
    }

    async consume(id: string): Promise<void> {
      statements.consume.run(now(), this.#key(id));
    }

    async destroy(id: string): Promise<void> {
      statements.destroy.run(this.#key(id));
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      statements.revokeByGrantId.run(grantId);
    }

    #key(id: string): string {
      return `${this.#model}:${id}`;
    }
  };
}

function prepare(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS entities (
      key         TEXT    PRIMARY KEY, -- model and id
      grant_id    TEXT,
      uid         TEXT,
      user_code   TEXT,
      consumed    INTEGER,
      expires_at  INTEGER,
      payload     TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS entities_by_grant ON entities (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS entities_by_uid ON entities (uid) WHERE uid IS NOT NULL;
    CREATE INDEX IF NOT EXISTS entities_by_user_code ON entities (user_code) WHERE user_code IS NOT NULL;
  `);
  const columns = 'key, grant_id, uid, user_code, expires_at, payload';
  const selectWhere = (condition: string) =>
    database.prepare(
      `SELECT payload, consumed FROM entities WHERE ${condition} AND (expires_at IS NULL OR expires_at > ?)`,
    );
  return {
    upsert: database.prepare(
      `INSERT INTO entities (${columns}) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET grant_id = excluded.grant_id, uid = excluded.uid,
         user_code = excluded.user_code, expires_at = excluded.expires_at, payload = excluded.payload`,
    ),
    find: selectWhere('key = ?'),
    findByUid: selectWhere('uid = ?'),
    findByUserCode: selectWhere('user_code = ?'),
    consume: database.prepare('UPDATE entities SET consumed = ? WHERE key = ?'),
    destroy: database.prepare('DELETE FROM entities WHERE key = ?'),
    revokeByGrantId: database.prepare('DELETE FROM entities WHERE grant_id = ?'),
  };
}

function payloadOf(row: unknown): AdapterPayload | undefined {
  if (row === undefined) return undefined;
  const { payload, consumed } = row as { payload: string; consumed: number | null };
  const content = JSON.parse(payload) as AdapterPayload;
  return consumed === null ? content : { ...content, consumed };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
