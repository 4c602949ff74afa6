import { expect, test } from 'vitest';
import type { SetupState } from '../../../src/adapters/database/model-setups.ts';
import type { Look } from '../../../src/entities/model-setup.ts';
import { openStore, type Store } from './store.ts';

const LEASE_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const ANSWERED: Look = { kind: 'answered', fits: true, dialect: { format: 'none', tokensMax: 2_000 } };
const REFUSED: Look = {
  kind: 'refused',
  reason: 'configuration',
  facts: { status: 401, code: 'invalid_api_key', param: null, model: 'm', host: 'h', requestId: 'r', words: null },
};

const yours = (look: Look | null = null, hasFitted = false): SetupState => ({ kind: 'yours', look, hasFitted });
const known = (look: Look, hasFitted = false): SetupState => ({ kind: 'known', look, hasFitted });
const OTHERS: SetupState = { kind: 'others' };

const claim = ({ setups }: Pick<Store, 'setups'>, hash: string, maxAgeMs = DAY_MS, leaseMs = LEASE_MS) =>
  setups.claimLook(hash, maxAgeMs, leaseMs);

/** Moves the times of a set-up back, instead of waiting. */
const backdate = ({ sql }: Store, hash: string, column: 'looking_until' | 'looked_at', by: string) =>
  sql(`UPDATE model_setup SET ${column} = ${column} - $2::interval WHERE hash = $1`, [hash, by]);

test('of all who need a look at the same time one gets the task, in any process', async () => {
  await using store = await openStore();
  await using other = await openStore({ world: store.world });
  const stores = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other));
  const states = await Promise.all(stores.map((one) => claim(one, 'a')));
  expect(states.filter(({ kind }) => kind === 'yours')).toEqual([yours()]);
  expect(states.filter(({ kind }) => kind === 'others')).toHaveLength(19);
});

test('what one has seen is known to all, until it is too old', async () => {
  await using store = await openStore();
  await using other = await openStore({ world: store.world });
  expect(await claim(store, 'a')).toEqual(yours());
  await store.setups.saveLook('a', REFUSED);
  expect(await claim(other, 'a')).toEqual(known(REFUSED));
  expect(await claim(store, 'a')).toEqual(known(REFUSED));
  await backdate(store, 'a', 'looked_at', '59 minutes');
  expect(await claim(other, 'a', 60 * 60_000)).toEqual(known(REFUSED));
  await backdate(store, 'a', 'looked_at', '2 minutes');
  expect(await claim(other, 'a', 60 * 60_000)).toEqual(yours(REFUSED));
  expect(await claim(store, 'a', 60 * 60_000)).toEqual(OTHERS);
  // A claim that needs no newer look does not wait.
  expect(await claim(store, 'a', DAY_MS)).toEqual(known(REFUSED));
  await other.setups.saveLook('a', ANSWERED);
  expect(await claim(store, 'a', 60 * 60_000)).toEqual(known(ANSWERED));
});

test('a look of now is needed even if there was one just before', async () => {
  await using store = await openStore();
  await claim(store, 'a');
  await store.setups.saveLook('a', ANSWERED);
  expect(await claim(store, 'a', 0)).toEqual(yours(ANSWERED));
});

test('the task is free again when its time is over, and not before', async () => {
  await using store = await openStore();
  expect(await claim(store, 'a')).toEqual(yours());
  await backdate(store, 'a', 'looking_until', '50 seconds');
  expect(await claim(store, 'a')).toEqual(OTHERS);
  await backdate(store, 'a', 'looking_until', '10 seconds');
  expect(await claim(store, 'a')).toEqual(yours());
  expect(await claim(store, 'a')).toEqual(OTHERS);
});

test('a task that was given back without a look is free at once, and what was known stays', async () => {
  await using store = await openStore();
  await claim(store, 'a');
  await store.setups.saveLook('a', undefined);
  expect(await claim(store, 'a')).toEqual(yours());
  await store.setups.saveLook('a', ANSWERED);
  await backdate(store, 'a', 'looked_at', '1 minute');
  expect(await claim(store, 'a', 1_000)).toEqual(yours(ANSWERED));
  await store.setups.saveLook('a', undefined);
  expect(await claim(store, 'a')).toEqual(known(ANSWERED));
});

test('a first fit is noted, with or without a look, and is told with each look', async () => {
  await using store = await openStore();
  await store.setups.saveFit('a');
  expect(await claim(store, 'a')).toEqual(yours(null, true));
  await store.setups.saveLook('a', ANSWERED);
  expect(await claim(store, 'a')).toEqual(known(ANSWERED, true));
  expect(await claim(store, 'b')).toEqual(yours());
  await store.setups.saveLook('b', ANSWERED);
  await store.sql(`UPDATE model_setup SET fitted_at = now() - interval '1 hour' WHERE hash = 'a'`);
  await store.setups.saveFit('a');
  await store.setups.saveFit('b');
  expect(await claim(store, 'b')).toEqual(known(ANSWERED, true));
  const rows = await store.sql(`SELECT hash, fitted_at < now() - interval '1 minute' AS first FROM model_setup`);
  expect(rows).toEqual(
    expect.arrayContaining([
      { hash: 'a', first: true },
      { hash: 'b', first: false },
    ]),
  );
});

test('each set-up has looks of its own', async () => {
  await using store = await openStore();
  await claim(store, 'a');
  await store.setups.saveLook('a', ANSWERED);
  expect(await claim(store, 'b')).toEqual(yours());
  await store.setups.saveLook('b', REFUSED);
  expect(await claim(store, 'a')).toEqual(known(ANSWERED));
  expect(await claim(store, 'b')).toEqual(known(REFUSED));
});
