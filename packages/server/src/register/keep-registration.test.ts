import { aClient, day } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import type { Client } from '../model.ts';
import { keepRegistration } from './keep-registration.ts';

async function stage(over: { lifetimeDays?: number; leftDays?: number | null } = {}) {
  const { lifetimeDays = 10, leftDays = 10 } = over;
  const at = aStage({ config: { registration: { mode: 'open', lifetime: lifetimeDays * 86_400 } } });
  const expiresAt = leftDays === null ? null : at.clock.now + leftDays * day;
  const registration = { accessTokenHash: 'h', address: '192.0.2.1', expiresAt };
  const client = aClient({ origin: 'registered', registration });
  await at.store.clients.add(client);
  const stored = () => at.store.clients.find(client.id) as Promise<Client>;
  return { ...at, client, stored };
}

test('MD-042: a client that is used lives on from the middle of its time', async () => {
  const { authority, client, clock, stored } = await stage();
  clock.now += 5 * day;
  await keepRegistration(authority, client);
  expect(await stored()).toEqual(client);
  clock.now += 1;
  await keepRegistration(authority, client);
  expect((await stored()).registration).toEqual({ ...client.registration, expiresAt: clock.now + 10 * day });
});

test('where registrations no longer run out, neither does that of a client that is used', async () => {
  const { authority, client, stored } = await stage({ lifetimeDays: 0, leftDays: 3 });
  await keepRegistration(authority, client);
  expect((await stored()).registration?.expiresAt).toBeNull();
});

test('a client without an end, or put in by an operator, is left alone', async () => {
  const { authority, client, stored } = await stage({ leftDays: null });
  await keepRegistration(authority, client);
  expect(await stored()).toEqual(client);
  const other = aClient();
  await authority.store.clients.add(other);
  await keepRegistration(authority, other);
  expect(await authority.store.clients.find(other.id)).toEqual(other);
});

test('a change at the same moment is not overwritten', async () => {
  const { authority, client, store, stored } = await stage({ leftDays: 1 });
  await store.clients.replace({ ...client, name: 'Changed' });
  await keepRegistration(authority, client);
  expect(await stored()).toMatchObject({ name: 'Changed', registration: client.registration });
});
