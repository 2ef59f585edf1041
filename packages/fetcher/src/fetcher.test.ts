import { once } from 'node:events';
import { createServer, setGlobalProxyFromEnv } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { issue, makeAuthority } from './certificates.fixture.ts';
import { createFetcher } from './fetcher.ts';
import { aFetcher, aPublisher, aRequest, jsonAnswer, names } from './publisher.fixture.ts';

describe('what is published', () => {
  test('comes with its type and how long it stays fresh', async () => {
    const publisher = await aPublisher(
      jsonAnswer('{"keys":["ü"]}', {
        'Content-Type': 'Application/JSON; charset=utf-8',
        'Cache-Control': 'max-age=60',
      }),
    );
    expect(await aFetcher(publisher).fetch(aRequest(publisher.url))).toEqual({
      outcome: 'fetched',
      status: 200,
      mediaType: 'application/json',
      body: '{"keys":["ü"]}',
      freshForSeconds: 60,
    });
    expect(publisher.requests).toEqual(['GET /document']);
  });

  test('is asked for with these headers and no others', async () => {
    const publisher = await aPublisher((request, response) => {
      const { headers } = request;
      jsonAnswer(JSON.stringify(headers), { 'Set-Cookie': 'a=b' })(request, response);
    });
    const fetcher = aFetcher(publisher);
    const asked = async () => {
      const request = aRequest(publisher.url, { accept: ['application/json', '+json'], ifNoneMatch: '"7"' });
      const fetched = await fetcher.fetch(request);
      return fetched.outcome === 'fetched' ? JSON.parse(fetched.body) : fetched;
    };
    const expected = {
      host: `publisher.example:${publisher.port}`,
      'user-agent': 'Valetkey',
      accept: 'application/json, */*;q=0.1',
      'accept-encoding': 'identity',
      'if-none-match': '"7"',
      connection: 'close',
    };
    expect(await asked()).toEqual(expected);
    expect(await asked()).toEqual(expected);
  });

  test('may be as long as was said, and not a byte longer', async () => {
    const publisher = await aPublisher(jsonAnswer('x'.repeat(5000)));
    const fetcher = aFetcher(publisher);
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'fetched' });
    expect(await fetcher.fetch(aRequest(publisher.url, { longest: 4999 }))).toEqual({
      outcome: 'failed',
      why: 'its body is longer than 4999 bytes',
    });
  });

  test.each([
    [200, 'fetched'],
    [204, 'fetched'],
    [202, 'failed'],
    [303, 'failed'],
    [400, 'failed'],
    [500, 'failed'],
  ])('a form is posted, and %i is %s', async (status, outcome) => {
    const bodies: string[] = [];
    const publisher = await aPublisher(async (request, response) => {
      bodies.push(`${request.headers['content-type']} ${(await request.toArray()).join('')}`);
      response.writeHead(status).end();
    });
    const request = aRequest(publisher.url, { accept: [], form: 'logout_token=a.b.c' });
    expect(await aFetcher(publisher).fetch(request)).toMatchObject({ outcome });
    expect(bodies).toEqual(['application/x-www-form-urlencoded logout_token=a.b.c']);
    expect(publisher.requests).toEqual(['POST /document']);
  });
});

describe('special addresses', () => {
  test.each([
    ['https://127.0.0.1', '127.0.0.1 is a special address: loopback'],
    ['https://127.1', '127.0.0.1 is a special address: loopback'],
    ['https://0x7f.1', '127.0.0.1 is a special address: loopback'],
    ['https://2130706433', '127.0.0.1 is a special address: loopback'],
    ['https://017700000001', '127.0.0.1 is a special address: loopback'],
    ['https://127.0.0.1.', '127.0.0.1 is a special address: loopback'],
    ['https://①②⑦.⓪.⓪.①', '127.0.0.1 is a special address: loopback'],
    ['https://0', '0.0.0.0 is a special address: this network'],
    ['https://[::1]', '[::1] is ::1, which is a special address: loopback'],
    ['https://[::ffff:127.0.0.1]', /special address: loopback$/],
    ['https://[64:ff9b::7f00:1]', /special address: loopback$/],
    ['https://[2002:7f00:1::]', /special address: loopback$/],
    ['https://[::]', /special address: unspecified$/],
    ['https://169.254.169.254', '169.254.169.254 is a special address: link-local'],
    ['https://inside.example', 'inside.example is 10.0.0.7, which is a special address: private'],
    ['https://publisher.example', 'publisher.example is 127.0.0.1, which is a special address: loopback'],
    ['https://mixed.example', 'mixed.example is 127.0.0.1, which is a special address: loopback'],
    ['https://mixed6.example', 'mixed6.example is fd00::1, which is a special address: unique-local'],
    ['https://zone.example', /special address: no address that can be judged$/],
  ])('%s is refused, and nothing reaches it', async (origin, why) => {
    const publisher = await aPublisher();
    const resolve = names({
      'inside.example': ['10.0.0.7'],
      'publisher.example': ['127.0.0.1'],
      'mixed.example': ['8.8.8.8', '127.0.0.1'],
      'mixed6.example': ['2606:4700:4700::1111', 'fd00::1'],
      'zone.example': ['fe80::1%lo'],
    });
    const fetcher = aFetcher(publisher, { allow: [], resolve });
    expect(await fetcher.fetch(aRequest(`${origin}:${publisher.port}/`))).toEqual({
      outcome: 'refused',
      why: typeof why === 'string' ? why : expect.stringMatching(why),
    });
    expect(publisher.connections()).toBe(0);
  });

  test('what the operating system says of localhost is refused too', async () => {
    const publisher = await aPublisher();
    const fetcher = createFetcher({ certificates: [publisher.authority.certificate] });
    const url = `https://localhost:${publisher.port}/`;
    expect(await fetcher.fetch(aRequest(url))).toMatchObject({ outcome: 'refused' });
    expect(publisher.connections()).toBe(0);
  });

  test('a name that changes its address once it was judged is connected to where it was judged', async () => {
    const publisher = await aPublisher();
    let asked = 0;
    // Nobody answers at 127.0.0.2; the port of the publisher is open at 127.0.0.1 alone.
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? ['127.0.0.2'] : ['127.0.0.1'];
    };
    const fetcher = aFetcher(publisher, { allow: ['127.0.0.2'], resolve });
    expect(await fetcher.fetch(aRequest(publisher.url))).toEqual({
      outcome: 'failed',
      why: 'the connection failed: ECONNREFUSED',
    });
    expect([asked, publisher.connections()]).toEqual([1, 0]);
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'refused' });
    expect([asked, publisher.connections()]).toEqual([2, 0]);
  });

  test('of several addresses that are all good the one that answers is used', async () => {
    const publisher = await aPublisher();
    const resolve = names({ 'publisher.example': ['127.0.0.2', '127.0.0.1'] });
    const fetcher = aFetcher(publisher, { allow: ['127.0.0.0/8'], resolve });
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'fetched' });
  });

  test('no spelling of a special address gets through', async () => {
    const fetcher = createFetcher({ resolve: names({}) });
    const byte = fc.integer({ min: 0, max: 255 });
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127, 224, 240, 255), byte, byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    );
    await fc.assert(
      fc.asyncProperty(inside, fc.nat(6), async ([a, b, c, d], form) => {
        const low = ((c << 8) | d).toString(16);
        const high = ((a << 8) | b).toString(16);
        const host = [
          `${a}.${b}.${c}.${d}`,
          `0x${a.toString(16)}.0${b.toString(8)}.${c * 256 + d}`,
          `${((a * 256 + b) * 256 + c) * 256 + d}`,
          `[::ffff:${a}.${b}.${c}.${d}]`,
          `[64:ff9b::${high}:${low}]`,
          `[2002:${high}:${low}::1]`,
          `[0:0:0:0:0:ffff:${high}:${low}]`,
        ][form];
        const fetched = await fetcher.fetch(aRequest(`https://${host}/`));
        expect(fetched).toMatchObject({ outcome: 'refused', why: expect.stringContaining('special') });
      }),
      { numRuns: 300 },
    );
  });
});

describe('the list of what is allowed', () => {
  test.each([
    ['publisher.example'],
    ['PUBLISHER.example.'],
    ['publisher.example:PORT'],
    ['127.0.0.1'],
    ['127.0.0.1:PORT'],
    ['127.1:PORT'],
    ['127.0.0.0/8'],
    ['[::ffff:127.0.0.1]:PORT'],
  ])('with %s the publisher is reached', async (entry) => {
    const publisher = await aPublisher();
    const resolve = names({
      'publisher.example': [entry.includes('ffff') ? '::ffff:127.0.0.1' : '127.0.0.1'],
    });
    const allow = [entry.replace('PORT', `${publisher.port}`)];
    const fetcher = aFetcher(publisher, { allow, resolve });
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'fetched' });
  });

  test.each([
    ['other.example'],
    ['publisher.example:1'],
    ['127.0.0.2'],
    ['127.0.0.1:1'],
    ['10.0.0.0/8'],
    ['::1'],
  ])('with %s it is not', async (entry) => {
    const publisher = await aPublisher();
    const fetcher = aFetcher(publisher, { allow: [entry] });
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'refused' });
    expect(publisher.connections()).toBe(0);
  });

  test('an allowed name does not open its address to other names', async () => {
    const publisher = await aPublisher();
    const fetcher = aFetcher(publisher, { allow: ['localhost'] });
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'refused' });
  });

  test.each([
    [''],
    ['https://a.example'],
    ['a.example/path'],
    ['*.example'],
    ['a.example:0'],
    ['a.example:65536'],
    ['user@a.example'],
    ['a.example\\path'],
    ['a.example:'],
    ['10.0.0.0/33'],
    ['10.0.0.0/8/8'],
    ['[::1'],
    ['a b'],
  ])('"%s" is no entry', (entry) => {
    expect(() => createFetcher({ allow: [entry] })).toThrow(RangeError);
  });
});

describe('the URL', () => {
  test.each([
    ['', 'the URL cannot be read'],
    ['/jwks', 'the URL cannot be read'],
    ['https://', 'the URL cannot be read'],
    ['http://publisher.example/', 'http:// is not https'],
    ['http://127.0.0.1/', 'http:// is not https'],
    ['file:///etc/passwd', 'file:// is not https'],
    ['data:application/json,{}', 'data:// is not https'],
    ['https://ada:secret@publisher.example/', 'the URL for publisher.example holds credentials'],
    ['https://:secret@publisher.example/', 'the URL for publisher.example holds credentials'],
  ])('%s is refused', async (url, why) => {
    const fetcher = createFetcher({ allow: ['publisher.example'], resolve: names({}) });
    expect(await fetcher.fetch(aRequest(url))).toEqual({ outcome: 'refused', why });
  });

  test('what is in its path and query is not told', async () => {
    const publisher = await aPublisher((_, response) => response.writeHead(404).end('s3cret'));
    const fetcher = aFetcher(publisher);
    const fetched = await fetcher.fetch(aRequest(`${publisher.url}?token=s3cret#s3cret`));
    expect(fetched).toEqual({ outcome: 'failed', why: 'it answered 404' });
    expect(publisher.requests).toEqual(['GET /document?token=s3cret']);
  });
});

describe('a server that runs on loopback', () => {
  async function plainPublisher(): Promise<number> {
    const server = createServer(jsonAnswer('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  test.each([['localhost'], ['app.localhost'], ['127.0.0.1']])('fetches from %s by http', async (host) => {
    const port = await plainPublisher();
    const resolve = names({ localhost: ['127.0.0.1'], 'app.localhost': ['127.0.0.1'] });
    const fetcher = createFetcher({ allowHttpLoopback: true, resolve });
    const request = aRequest(`http://${host}:${port}/`);
    expect(await fetcher.fetch(request)).toMatchObject({ outcome: 'fetched', body: '{}' });
    expect(await createFetcher({ resolve }).fetch(request)).toMatchObject({ outcome: 'refused' });
  });

  test('fetches from there by https too', async () => {
    const publisher = await aPublisher();
    const fetcher = aFetcher(publisher, { allow: [], allowHttpLoopback: true });
    const url = `https://127.0.0.1:${publisher.port}/`;
    expect(await fetcher.fetch(aRequest(url))).toMatchObject({ outcome: 'fetched' });
  });

  test.each([
    ['http://rebound.example', 'http:// is not https'],
    ['https://rebound.example', 'rebound.example is 127.0.0.1, which is a special address: loopback'],
    ['http://localhost', 'localhost is 10.0.0.7, and http is for loopback only'],
    ['https://localhost', 'localhost is 10.0.0.7, which is a special address: private'],
    ['http://10.0.0.7', 'http:// is not https'],
    ['http://[2002:7f00:1::]', 'http:// is not https'],
    ['http://0.0.0.0', 'http:// is not https'],
  ])('does not fetch from %s', async (origin, why) => {
    const resolve = names({ localhost: ['10.0.0.7'], 'rebound.example': ['127.0.0.1'] });
    const fetcher = createFetcher({ allowHttpLoopback: true, resolve });
    expect(await fetcher.fetch(aRequest(`${origin}:1/`))).toEqual({ outcome: 'refused', why });
  });
});

describe('an answer that is not taken', () => {
  test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed', async (status) => {
    const target = await aPublisher();
    const publisher = await aPublisher((_, response) => {
      response.writeHead(status, { Location: target.url, 'Content-Type': 'application/json' }).end('{}');
    });
    expect(await aFetcher(publisher).fetch(aRequest(publisher.url))).toEqual({
      outcome: 'failed',
      why: `it answered ${status}, and redirects are not followed`,
    });
    expect([publisher.requests.length, target.connections()]).toEqual([1, 0]);
  });

  test.each([201, 204, 206, 304, 404, 500])('a status of %i is told', async (status) => {
    const publisher = await aPublisher((_, response) => response.writeHead(status).end());
    expect(await aFetcher(publisher).fetch(aRequest(publisher.url))).toEqual({
      outcome: 'failed',
      why: `it answered ${status}`,
    });
  });

  test.each([
    [['application/json'], 'text/html; charset=utf-8', 'its type is text/html, not application/json'],
    [
      ['application/json'],
      'application/jwk-set+json',
      'its type is application/jwk-set+json, not application/json',
    ],
    [['application/json'], 'application/jsonp', 'its type is application/jsonp, not application/json'],
    [['application/json', '+json'], 'text/json', 'its type is text/json, not application/json or +json'],
    [['application/json'], 'application/json, text/html', 'its type is not told, not application/json'],
    [['application/json'], '<b>secret</b>', 'its type is not told, not application/json'],
    [['application/json'], '', 'its type is not told, not application/json'],
  ])('where %j is wanted, "%s" is not taken', async (accept, type, why) => {
    const publisher = await aPublisher(jsonAnswer('{}', { 'Content-Type': type }));
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url, { accept }));
    expect(fetched).toEqual({ outcome: 'failed', why });
  });

  test.each([
    [['+json'], 'application/jwk-set+json'],
    [['application/json', '+json'], 'application/json'],
    [['application/oauth-authz-req+jwt'], 'application/oauth-authz-req+jwt'],
    [[], 'text/html'],
    [[], ''],
  ])('where %j is wanted, "%s" is taken', async (accept, type) => {
    const publisher = await aPublisher(jsonAnswer('{}', { 'Content-Type': type }));
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url, { accept }));
    expect(fetched).toMatchObject({ outcome: 'fetched', mediaType: type });
  });

  test('a small body that would be a large one is never decoded', async () => {
    const publisher = await aPublisher((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(1_000_000, ' ')));
    });
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'its body is encoded' });
  });

  test('a length that is too large is not waited for', async () => {
    const publisher = await aPublisher((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 5001 }).write('{');
    });
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'its body is longer than 5000 bytes' });
  });

  test('a body without end is cut, and its connection closed', async () => {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const publisher = await aPublisher((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = setInterval(() => response.write(' '.repeat(1000)), 1);
      response.on('close', () => {
        clearInterval(more);
        close();
      });
    });
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'its body is longer than 5000 bytes' });
    await closed;
  });

  test('a body that ends before its time is not taken', async () => {
    const publisher = await aPublisher((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
      response.write('{}', () => response.destroy());
    });
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'the connection failed: ECONNRESET' });
  });

  test('a body that is not UTF-8 is not taken', async () => {
    const publisher = await aPublisher((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22]));
    });
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'its body is not UTF-8' });
  });

  test('headers that are too large are not taken', async () => {
    const publisher = await aPublisher(jsonAnswer('{}', { 'X-Large': 'x'.repeat(17_000) }));
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'the connection failed: HPE_HEADER_OVERFLOW' });
  });

  test('a switch of protocols is not taken', async () => {
    const publisher = await aPublisher((request) => {
      request.socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n');
    });
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toMatchObject({ outcome: 'failed' });
  });

  test('neither is a connection that is closed without a word', async () => {
    const publisher = await aPublisher((request) => void request.socket.destroy());
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toEqual({ outcome: 'failed', why: 'the connection failed: ECONNRESET' });
  });
});

describe('time', () => {
  const late = { outcome: 'failed', why: 'it took longer than 0.3 s' };

  test('headers that do not come are not waited for', async () => {
    const publisher = await aPublisher(() => undefined);
    const fetcher = aFetcher(publisher, { timeoutSeconds: 0.3 });
    expect(await fetcher.fetch(aRequest(publisher.url))).toEqual(late);
    expect(publisher.requests).toHaveLength(1);
  });

  test('a body that trickles is not waited for', async () => {
    const publisher = await aPublisher((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(more));
    });
    const fetcher = aFetcher(publisher, { timeoutSeconds: 0.3 });
    expect(await fetcher.fetch(aRequest(publisher.url))).toEqual(late);
  });

  test('a TLS handshake that nobody answers is not waited for', async () => {
    const silent = createSocketServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const fetcher = createFetcher({ allow: ['127.0.0.1'], timeoutSeconds: 0.3 });
    const { port } = silent.address() as AddressInfo;
    expect(await fetcher.fetch(aRequest(`https://127.0.0.1:${port}/`))).toEqual(late);
  });

  test('a name that is never resolved is not waited for', async () => {
    const fetcher = createFetcher({ resolve: () => new Promise(() => undefined), timeoutSeconds: 0.3 });
    expect(await fetcher.fetch(aRequest('https://slow.example/'))).toEqual(late);
  });

  test('so many run at a time, the others wait for their turn, or until their time is over', async () => {
    const waiting: (() => void)[] = [];
    const publisher = await aPublisher((request, response) => {
      waiting.push(() => jsonAnswer('{}')(request, response));
    });
    const fetcher = aFetcher(publisher, { most: 2, timeoutSeconds: 1 });
    const all = [1, 2, 3, 4].map(() => fetcher.fetch(aRequest(publisher.url)));
    await expect.poll(() => waiting.length).toBe(2);
    await pass(50);
    expect(waiting.length).toBe(2);
    waiting[0]?.();
    await expect.poll(() => waiting.length).toBe(3);
    waiting[2]?.();
    const outcomes = (await Promise.all(all)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'fetched')).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(2);
    const afterwards = fetcher.fetch(aRequest(publisher.url));
    await expect.poll(() => waiting.length).toBe(5);
    waiting[4]?.();
    expect(await afterwards).toMatchObject({ outcome: 'fetched' });
  });

  test('SB-026: what is read holds up nothing that is sent: strangers name what is read, and slow sites are theirs', async () => {
    const publisher = await aPublisher((request, response) => {
      if (request.method === 'POST') response.writeHead(204).end();
    });
    const fetcher = aFetcher(publisher, { most: 2, timeoutSeconds: 1 });
    const reads = [1, 2, 3, 4].map(() => fetcher.fetch(aRequest(publisher.url)));
    await expect.poll(() => publisher.requests.length).toBe(2);
    const sent = fetcher.fetch(aRequest(publisher.url, { form: 'a=b' }));
    expect(await Promise.race([sent, ...reads])).toMatchObject({ outcome: 'fetched', status: 204 });
    await Promise.all(reads);
  });

  test('closing ends what runs and lets nothing begin', async () => {
    const publisher = await aPublisher(() => undefined);
    const fetcher = aFetcher(publisher);
    const running = fetcher.fetch(aRequest(publisher.url));
    await expect.poll(() => publisher.requests.length).toBe(1);
    fetcher.close();
    const closed = { outcome: 'failed', why: 'the fetcher is closed' };
    expect(await running).toEqual(closed);
    expect(await fetcher.fetch(aRequest(publisher.url))).toEqual(closed);
  });
});

describe('trust', () => {
  test('an authority that nobody trusts is not trusted', async () => {
    const publisher = await aPublisher();
    const fetcher = aFetcher(publisher, { certificates: [] });
    expect(await fetcher.fetch(aRequest(publisher.url))).toEqual({
      outcome: 'failed',
      why: 'the connection failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    expect(publisher.requests).toEqual([]);
  });

  test('the environment cannot turn that off', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    const publisher = await aPublisher();
    const fetcher = aFetcher(publisher, { certificates: [] });
    expect(await fetcher.fetch(aRequest(publisher.url))).toMatchObject({ outcome: 'failed' });
    expect(publisher.requests).toEqual([]);
  });

  test('a certificate for another name is not trusted', async () => {
    const publisher = await aPublisher(jsonAnswer('{}'), { dns: ['other.example'] });
    expect(await aFetcher(publisher).fetch(aRequest(publisher.url))).toEqual({
      outcome: 'failed',
      why: 'the connection failed: ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(publisher.requests).toEqual([]);
  });

  test('a certificate for an address is good for that address', async () => {
    const publisher = await aPublisher();
    const url = `https://127.0.0.1:${publisher.port}/`;
    expect(await aFetcher(publisher).fetch(aRequest(url))).toMatchObject({ outcome: 'fetched' });
  });

  test('the proxy of the environment is not asked', async () => {
    const publisher = await aPublisher();
    const proxy = 'http://127.0.0.1:1';
    onTestFinished(setGlobalProxyFromEnv({ http_proxy: proxy, https_proxy: proxy }));
    const fetched = await aFetcher(publisher).fetch(aRequest(publisher.url));
    expect(fetched).toMatchObject({ outcome: 'fetched' });
  });

  test('what is no header does not become one', async () => {
    const publisher = await aPublisher();
    const request = aRequest(publisher.url, { ifNoneMatch: '"a"\r\nX-Other: b' });
    expect(await aFetcher(publisher).fetch(request)).toMatchObject({ outcome: 'failed' });
    expect(publisher.requests).toEqual([]);
  });

  test('a name that is not known is told', async () => {
    const fetcher = createFetcher({ resolve: names({ 'empty.example': [] }) });
    expect(await fetcher.fetch(aRequest('https://gone.example/'))).toEqual({
      outcome: 'failed',
      why: 'gone.example cannot be resolved: ENOTFOUND',
    });
    expect(await fetcher.fetch(aRequest('https://empty.example/'))).toEqual({
      outcome: 'failed',
      why: 'empty.example has no address',
    });
  });

  test('the makers of certificates tell who they are for', async () => {
    const ca = await makeAuthority('CN=Root, O=Example');
    const san = {
      dns: ['a.example'],
      ip: ['10.0.0.1'],
      uri: ['https://a.example/c'],
      email: ['a@a.example'],
    };
    const { X509Certificate } = await import('node:crypto');
    const made = await issue({ subject: 'CN=client, O=Example', san, ca });
    const certificate = new X509Certificate(made.der);
    expect(certificate.subject).toBe('CN=client\nO=Example');
    expect(certificate.subjectAltName).toBe(
      'DNS:a.example, IP Address:10.0.0.1, URI:https://a.example/c, email:a@a.example',
    );
    const root = new X509Certificate(ca.certificate);
    expect([certificate.verify(root.publicKey), certificate.checkIssued(root), root.ca]).toEqual([
      true,
      true,
      true,
    ]);
    const alone = new X509Certificate((await issue({ subject: 'CN=self', ca: 'self' })).certificate);
    expect(alone.verify(alone.publicKey)).toBe(true);
  });
});
