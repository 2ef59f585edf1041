import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, Store } from '@valetkey/server';
import { openPostgresStore } from '@valetkey/store-postgres';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, introspect, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

type OnStatement = (kind: 'read' | 'write' | 'begin' | 'commit', sql: string) => void;

interface Place {
  open(onStatement: OnStatement): Promise<Store>;
  discard(): Promise<void>;
}

/** What each request of the flow costs in statements: those that write, and the tables they touch. */
function describeStatements(name: string, makePlace: () => Promise<Place>): void {
  describe(name, () => {
    let place: Place;
    let target: Target;
    let api: TestClient;
    let user: TestUser;
    let statements: { kind: string; sql: string }[] = [];
    beforeAll(async () => {
      place = await makePlace();
      target = await inProcess({
        store: await place.open((kind, sql) => void statements.push({ kind, sql })),
      });
      api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
      user = await target.addUser();
      // The first request of a server's life makes its keys.
      await target.fetch(new Request(`${target.issuer}/jwks`));
    });
    afterAll(async () => {
      await target.stop();
      await place.discard();
    });

    /** `verb table` of every writing statement that `act` caused, the number of reads, and of transactions begun. */
    const costOf = async (act: () => Promise<unknown>) => {
      statements = [];
      await act();
      const of = (kind: string) => statements.filter((statement) => statement.kind === kind);
      const writes = of('write').map(({ sql }) =>
        /(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)/i.exec(sql)?.slice(1).join(' '),
      );
      return { writes, reads: of('read').length, transactions: of('begin').length };
    };
    const tokensFor = async (over: Partial<Client> = {}) => {
      const client = await target.addClient(over);
      const answer = await obtainCode(target, client, user);
      return { client, answer, tokens: await redeem(target, client, answer) };
    };

    test('AZ-083: an authorization request writes nothing, whether somebody is signed in or not', async () => {
      const client = await target.addClient();
      const browser = new Browser(target.fetch);
      const ask = () => browser.get(authorizeUrl(target, client).url);
      expect((await costOf(ask)).writes).toEqual([]);
      await walk(browser, authorizeUrl(target, client).url, user);
      const granted = await costOf(async () => {
        expect((await ask()).headers.get('location')).toContain('code=');
      });
      expect(granted.writes).toEqual([]);
      expect(granted.reads).toBeLessThanOrEqual(3);
    });

    test('TK-051: an exchange is one insertion', async () => {
      const client = await target.addClient();
      const answer = await obtainCode(target, client, user);
      const cost = await costOf(async () => expect((await redeem(target, client, answer)).status).toBe(200));
      expect(cost.writes).toEqual(['INSERT INTO grants']);
      expect(cost.transactions).toBeLessThanOrEqual(1);
      expect(cost.reads).toBeLessThanOrEqual(2);
    });

    test('TK-057: a wrong exchange writes nothing', async () => {
      const client = await target.addClient();
      const answer = await obtainCode(target, client, user);
      const cost = await costOf(async () => {
        await redeem(target, client, answer, { code_verifier: 'x'.repeat(43) });
        await redeem(target, { ...client, secret: 'wrong' }, answer);
        await redeem(target, client, answer, { code: 'unknown' });
      });
      expect(cost.writes).toEqual([]);
    });

    test('TK-072: a refresh that rotates is one conditional update', async () => {
      const { client, tokens } = await tokensFor({ authenticationMethod: 'none' });
      const cost = await costOf(async () =>
        expect((await refresh(target, client, tokens.body.refresh_token)).status).toBe(200),
      );
      expect(cost.writes).toEqual(['UPDATE grants']);
      expect(cost.transactions).toBeLessThanOrEqual(1);
      expect(cost.reads).toBeLessThanOrEqual(2);
      const [update] = statements.filter(({ kind }) => kind === 'write');
      expect(update?.sql).toMatch(
        /WHERE id = \S+ AND generation = \S+ AND revoked_at IS NULL AND expires_at >/,
      );
    });

    test('TK-074: asking again within the grace changes no row', async () => {
      const { client, tokens } = await tokensFor({ authenticationMethod: 'none' });
      await refresh(target, client, tokens.body.refresh_token);
      const before = await grantOf(target, api, tokens.body.access_token);
      const cost = await costOf(async () =>
        expect((await refresh(target, client, tokens.body.refresh_token)).status).toBe(200),
      );
      expect(cost.writes).toEqual(['UPDATE grants']);
      expect(await grantOf(target, api, tokens.body.access_token)).toEqual(before);
    });

    test('TK-075: a refresh that does not rotate writes nothing within the hour, and once after it', async () => {
      const { client, tokens } = await tokensFor();
      const again = () => refresh(target, client, tokens.body.refresh_token);
      const cost = await costOf(again);
      expect(cost.writes).toEqual([]);
      expect(cost.reads).toBeLessThanOrEqual(3);
      target.pass(3_700_000);
      // The ring of keys has grown old, and is read anew beside this.
      await introspect(target, api, 'unknown');
      expect((await costOf(again)).writes.toSorted()).toEqual(['UPDATE consents', 'UPDATE grants']);
      expect((await costOf(again)).writes).toEqual([]);
    });

    test('IR-006: introspection writes nothing, whatever the token', async () => {
      const { client, tokens } = await tokensFor();
      const cost = await costOf(async () => {
        for (const token of [tokens.body.access_token, tokens.body.refresh_token, 'unknown'])
          for (const caller of [api, client]) await introspect(target, caller, token);
      });
      expect(cost.writes).toEqual([]);
    });

    test('IR-034: a revocation is one update', async () => {
      const { client, tokens } = await tokensFor();
      const revoke = (token: unknown) => callAs(target, client, '/revoke', { token: String(token) });
      expect((await costOf(() => revoke(tokens.body.access_token))).writes).toEqual(['UPDATE grants']);
      expect((await costOf(() => revoke(tokens.body.refresh_token))).writes).toEqual(['UPDATE grants']);
      expect((await costOf(() => revoke('unknown'))).writes).toEqual([]);
    });
  });
}

async function grantOf(target: Target, api: TestClient, accessToken: unknown) {
  const { jti } = await introspect(target, api, accessToken);
  return target.store.grants.find(String(jti).split('.')[0] ?? '');
}

describeStatements('on SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-statements-'));
  return {
    open: (onStatement) => openSqliteStore({ file: join(folder, 'valetkey.db'), onStatement }),
    discard: async () => rmSync(folder, { recursive: true }),
  };
});

describeStatements('on PostgreSQL', async () => {
  const url = await (await fetch(new URL('/database', inject('postgres')), { method: 'POST' })).text();
  return {
    open: (onStatement) => openPostgresStore({ url, onStatement }),
    discard: async () => undefined,
  };
});
