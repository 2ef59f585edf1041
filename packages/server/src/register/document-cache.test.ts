import { expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import type { Fetched, Fetcher } from '../ports.ts';
import { findClient, findUsableClient } from './find-client.ts';

const minute = 60_000;
const url = 'https://agent.example/client.json';

function documentOf(id: string): Fetched {
  const body = JSON.stringify({
    client_id: id,
    client_name: 'Agent',
    redirect_uris: ['https://agent.example/cb'],
  });
  return { outcome: 'fetched', status: 200, mediaType: 'application/json', body, freshForSeconds: 60 };
}

function stage(answer: (asked: string) => Fetched = documentOf) {
  const asked: string[] = [];
  const state = { answer };
  const fetcher: Fetcher = {
    async fetch(request) {
      asked.push(request.url);
      return state.answer(request.url);
    },
  };
  const { authority, clock } = aStage({ config: { features: { clientIdDocuments: true } }, fetcher });
  return { authority, clock, asked, state, find: (id = url) => findClient(authority, id) };
}

const down: Fetched = { outcome: 'failed', why: 'the connection failed' };

test('MD-065: the same client is given as long as its document is fresh', async () => {
  const { find, asked, clock } = stage();
  const client = await find();
  expect(client).toMatchObject({ id: url, origin: 'document', createdAt: 0, grantEpoch: 0, secrets: [] });
  clock.now += minute - 1;
  expect(await find()).toBe(client);
  clock.now += 1;
  expect(await find()).toEqual(client);
  expect(asked).toEqual([url, url]);
});

test('MD-065: a site that is down is asked twice a minute at most', async () => {
  const { find, asked, clock, state } = stage();
  await find();
  state.answer = () => down;
  clock.now += minute;
  for (let i = 0; i < 10; i += 1) await find();
  expect(asked).toHaveLength(2);
  clock.now += 30_000;
  await find();
  expect(asked).toHaveLength(3);
});

test('MD-065: what is refused by the guard is not believed any longer', async () => {
  const { find, clock, state } = stage();
  await find();
  state.answer = () => ({ outcome: 'refused', why: 'agent.example is 10.0.0.1' });
  clock.now += minute;
  await expect(find()).rejects.toMatchObject({ code: 'invalid_client', reason: { requirement: 'MD-061' } });
  state.answer = () => down;
  await expect(find()).rejects.toMatchObject({ code: 'invalid_client' });
});

test('of a thousand clients the one that was not asked for longest is forgotten', async () => {
  const { find, asked } = stage();
  for (let i = 0; i < 1000; i += 1) await find(`${url}?${i}`);
  await find(`${url}?0`);
  await find(`${url}?new`);
  expect(asked).toHaveLength(1001);
  await find(`${url}?0`);
  expect(asked).toHaveLength(1001);
  await find(`${url}?1`);
  expect(asked).toHaveLength(1002);
});

test('MD-040: a sector identifier has to name the redirect URIs of a document too', async () => {
  const sector = 'https://agent.example/sector.json';
  const { find, state } = stage();
  const listing = (list: string): ((asked: string) => Fetched) => {
    const document = JSON.stringify({
      client_id: url,
      client_name: 'Agent',
      redirect_uris: ['https://agent.example/cb'],
      subject_type: 'pairwise',
      sector_identifier_uri: sector,
    });
    return (asked) => ({
      outcome: 'fetched',
      status: 200,
      mediaType: 'application/json',
      body: asked === sector ? list : document,
      freshForSeconds: null,
    });
  };
  state.answer = listing('["https://other.example/cb"]');
  await expect(find()).rejects.toMatchObject({ reason: { requirement: 'MD-040' } });
  state.answer = listing('["https://agent.example/cb"]');
  expect((await find())?.openid?.sectorIdentifierUri).toBe(sector);
});

test('where nobody has to be told why, a client that cannot be read is none', async () => {
  const { authority } = stage(() => down);
  expect(await findUsableClient(authority, url)).toBeNull();
  expect(await findUsableClient(authority, 'print-shop')).toBeNull();
});
