import { expect, test } from 'vitest';
import { type ClientAuthentication, clientSecretBasic, clientSecretPost, none } from './index.ts';

const request = async (authentication: ClientAuthentication, client_id: string) => {
  const [body, headers] = [new URLSearchParams(), new Headers()];
  await authentication({ issuer: 'https://as.example' }, { client_id }, body, headers);
  return { body: Object.fromEntries(body), authorization: headers.get('authorization') };
};

// test-vectors.md §8
test.each([
  ['s6BhdRkqt3', 'gX1fBat3bV', 'czZCaGRSa3F0MzpnWDFmQmF0M2JW'],
  ['s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw', 'czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3'],
  ['client id', 'p@ss:w+rd/%', 'Y2xpZW50K2lkOnAlNDBzcyUzQXclMkJyZCUyRiUyNQ=='],
  ['ünï', '£€', 'JUMzJUJDbiVDMyVBRjolQzIlQTMlRTIlODIlQUM='],
])('CL-031 the Basic credentials of %s and %s', async (id, secret, credentials) => {
  const sent = await request(clientSecretBasic(secret), id);
  expect(sent).toEqual({ body: {}, authorization: `Basic ${credentials}` });
});

test('CL-031 characters that may stay as they are may also be encoded: the server decodes to the same', async () => {
  const { authorization } = await request(clientSecretBasic('a b&c=d'), 'https://client.example.com/id');
  const pair = atob(authorization?.slice('Basic '.length) ?? '').split(':');
  const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
  expect(pair.map(decode)).toEqual(['https://client.example.com/id', 'a b&c=d']);
});

test('CL-030 client_secret_post puts both into the body, none only the id, and neither sends a header', async () => {
  expect(await request(clientSecretPost('secret'), 'id')).toEqual({
    body: { client_id: 'id', client_secret: 'secret' },
    authorization: null,
  });
  expect(await request(none(), 'id')).toEqual({ body: { client_id: 'id' }, authorization: null });
});
