import { expect, inject, onTestFinished, test } from 'vitest';
import { aSandbox } from '../command-line.fixture.ts';

/** A PostgreSQL of the test's own, to be taken down and up; see scripts/postgres-for-tests.ts. */
async function aCluster() {
  const ask = async (path: string) => {
    const answer = await fetch(new URL(path, inject('postgres')), { method: 'POST' });
    if (!answer.ok) throw new Error(`No PostgreSQL for this test: ${await answer.text()}`);
    return answer.text();
  };
  const { url, control } = JSON.parse(await ask('/cluster')) as { url: string; control: string };
  onTestFinished(async () => void (await ask(`${control}/stop`)));
  return { url, tell: (what: 'down' | 'up') => ask(`${control}/${what}`) };
}

/** Asks until the answer has this status; it is for the test's time limit to end. */
async function until(status: number, ask: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await ask();
    if (answer.status === status) return answer;
    await answer.body?.cancel();
  }
}

test('a database that goes away is answered with 503 until it is back, without a restart', async () => {
  const cluster = await aCluster();
  const sandbox = aSandbox();
  sandbox.configure({ store: { postgres: { env: 'DATABASE_URL' } } });
  const env = { DATABASE_URL: cluster.url };
  const { id, secret } = await sandbox.json(
    [
      'client',
      'add',
      '--name',
      'Print Shop',
      '--scope',
      'photos:read',
      '--redirect-uri',
      'https://print.example/',
    ],
    { env },
  );
  const running = sandbox.start(['serve'], { env });
  const [, port] = await running.says(/server\.listening.*"port":(\d+)/);
  const at = (path: string) => `http://localhost:${port}${path}`;
  const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
  const introspect = () =>
    fetch(at('/introspect'), { method: 'POST', headers, body: new URLSearchParams({ token: 'x' }) });

  expect((await introspect()).status).toBe(200);
  await cluster.tell('down');
  const refused = await introspect();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  expect((await fetch(at('/readyz'))).status).toBe(503);
  expect((await fetch(at('/healthz'))).status).toBe(200);
  const told = /reference (\w{8})/.exec(await refused.text())?.[1];
  await running.says(new RegExp(`"level":"error".*"store\\.unavailable".*${told}`));

  // A second server cannot start now, and says why without the password of the URL.
  const second = await sandbox.valetkey(['serve'], { env });
  expect(second).toMatchObject({ code: 69, stdout: '' });
  expect(second.stderr).toMatch(
    /^Error: The database cannot be used\.\nWhy: .*ECONNREFUSED.*\nTo do: Check that PostgreSQL/,
  );
  // Unless it is told to wait.
  const third = sandbox.start(['serve', '--wait', '20s'], { env });

  await cluster.tell('up');
  expect(await (await until(200, introspect)).json()).toEqual({ active: false });
  expect((await until(200, () => fetch(at('/readyz')))).status).toBe(200);
  await third.says(/server\.listening/);
});
