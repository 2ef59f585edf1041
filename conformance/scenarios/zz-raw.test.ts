import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { nodeServer } from '../targets/node-server.ts';

function raw(url: string, text: string | Buffer): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), 'localhost');
    let got = '';
    socket.setEncoding('latin1');
    socket.on('data', (d) => {
      got += d;
    });
    socket.on('end', () => resolve(got));
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
    socket.write(text);
    setTimeout(() => socket.destroy(), 700);
  });
}

test('raw', async () => {
  const t = await nodeServer();
  const h = 'Host: localhost\r\nConnection: close\r\n\r\n';
  const cases: [string, string | Buffer][] = [
    ['evil host', 'GET /authorize?client_id=x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
    ['absolute', `GET http://evil.example/account HTTP/1.1\r\n${h}`],
    ['bad host', 'GET /account HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
    ['bad host2', 'GET /account HTTP/1.1\r\nHost: evil/..@x\r\nConnection: close\r\n\r\n'],
    ['bad host3', 'GET /account HTTP/1.1\r\nHost: [::1\r\nConnection: close\r\n\r\n'],
    ['empty host', 'GET /account HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n'],
    ['no host', 'GET /account HTTP/1.0\r\n\r\n'],
    ['double slash', `GET //evil.example/account HTTP/1.1\r\n${h}`],
    ['raw bytes', Buffer.from(`GET /authorize?state=\xff\xfe\xc3 HTTP/1.1\r\n${h}`, 'latin1')],
    ['dots', `GET /authorize/../account HTTP/1.1\r\n${h}`],
    ['esc', `GET /%61ccount HTTP/1.1\r\n${h}`],
    ['bad esc', `GET /%zz HTTP/1.1\r\n${h}`],
    ['bad esc2', `GET /account%ff HTTP/1.1\r\n${h}`],
    ['nul', `GET /account%00 HTTP/1.1\r\n${h}`],
    ['options *', `OPTIONS * HTTP/1.1\r\n${h}`],
    ['connect', `CONNECT evil.example:443 HTTP/1.1\r\n${h}`],
    ['trace', `TRACE /account HTTP/1.1\r\n${h}`],
    ['large header', `GET /account HTTP/1.1\r\nX: ${'x'.repeat(20000)}\r\n${h}`],
    ['cookies twice', `GET /account HTTP/1.1\r\nCookie: a=b\r\nCookie: vk_session=x\r\n${h}`],
    ['frag', `GET /account#x HTTP/1.1\r\n${h}`],
    ['backslash', `GET /\\evil.example HTTP/1.1\r\n${h}`],
    [
      'post chunk',
      'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n3\r\na=b\r\n0\r\n\r\n',
    ],
    [
      'cl+te',
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\na=b\r\n0\r\n\r\n',
    ],
  ];
  for (const [name, text] of cases) {
    const got = await raw(t.issuer, text);
    console.log(
      name,
      '=>',
      got.split('\r\n')[0],
      /location: .*/i.exec(got)?.[0] ?? '',
      /content-type: .*/i.exec(got)?.[0] ?? '',
      got.includes('nosniff'),
    );
  }
  console.log(t.events.filter((e) => e.type === 'fault'));
  await t.stop();
  expect(1).toBe(1);
});
