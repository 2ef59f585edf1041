import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Browser } from '../browser.fixture.ts';
import { aSandbox, type Running, type Sandbox } from '../command-line.fixture.ts';

const program = join(import.meta.dirname, '../demo.ts');
const anyPorts = ['--port', '0', '--photos-port', '0', '--print-port', '0'];

interface Demo {
  readonly running: Running;
  readonly server: string;
  readonly photos: string;
  readonly print: string;
}

async function started(sandbox: Sandbox): Promise<Demo> {
  const running = sandbox.start(anyPorts, { program });
  const places = /server +(http:\S+)\n +Photo API +(http:\S+)\n +Print shop +(http:\S+)\n[\s\S]*Ctrl-C/;
  const [, server = '', photos = '', print = ''] = await running.says(places);
  return { running, server, photos, print };
}

async function keyIds({ server }: Demo): Promise<string[]> {
  const { keys } = (await (await fetch(`${server}/jwks`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}

test('the demo starts with one command: Ada lets the print shop see her photos', async () => {
  const { running, print, photos } = await started(aSandbox());
  const browser = new Browser();
  const signIn = await browser.open(`${print}/login`);
  const ada = { username: 'ada', password: 'correct horse battery staple' };
  const consent = await browser.submit(signIn, 'login-submit', ada);
  expect(consent.html).toContain('see your photos');
  const shown = await browser.submit(consent, 'consent-approve');
  expect([shown.url, shown.status]).toEqual([`${print}/photos`, 200]);
  expect(shown.html).toContain('.svg');
  expect((await fetch(`${photos}/photos`)).status).toBe(401);
  await running.says(/grant\.opened/);
  for (const secret of browser.secrets) expect(running.output()).not.toContain(secret.slice(10));
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops all three, and a second start keeps the data',
  async (signal) => {
    const sandbox = aSandbox();
    const first = await started(sandbox);
    const keys = await keyIds(first);
    const secret = readFileSync(sandbox.path('.valetkey/print-shop-secret'), 'utf8');
    // npm tells its child a second time of a Ctrl-C that the terminal has told both.
    first.running.signal(signal);
    first.running.signal(signal);
    expect(await first.running.ended).toMatchObject({ code: 0, stderr: '' });
    for (const place of [first.server, first.photos, first.print])
      await expect(fetch(place)).rejects.toThrow();

    const second = await started(sandbox);
    expect(await keyIds(second)).toEqual(keys);
    expect(readFileSync(sandbox.path('.valetkey/print-shop-secret'), 'utf8')).toBe(secret);
    const database = new DatabaseSync(sandbox.path('.valetkey/valetkey.db'), { readOnly: true });
    expect(database.prepare('SELECT count(*) AS n FROM users').get()).toEqual({ n: 1 });
    const client = database.prepare('SELECT document FROM clients').all();
    expect(JSON.stringify(client)).toContain(`${second.print}/callback`);
    database.close();
  },
);

test('what the demo keeps is for its user alone', async () => {
  const sandbox = aSandbox();
  await started(sandbox);
  const modes = ['', '/root-key', '/print-shop-secret', '/valetkey.db', '/valetkey.db-wal'].map(
    (name) => statSync(sandbox.path(`.valetkey${name}`)).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600, 0o600]);
});

test('a port in use is told with the option that chooses another, and nothing keeps running', async () => {
  const { photos } = await started(aSandbox());
  const { port } = new URL(photos);
  const given = {
    program,
    env: { VALETKEY_PORT: '0', VALETKEY_PRINT_PORT: '0', VALETKEY_PHOTOS_PORT: port },
  };
  expect(await aSandbox().valetkey([], given)).toMatchObject({
    code: 69,
    stdout: '',
    stderr: expect.stringMatching(
      new RegExp(`^Error: Port ${port} is in use\\.\\nWhy: .*\\nTo do: .* with --photos-port\\.\\n$`),
    ),
  });
});
