import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHARED_BYTES_MAX } from '../../src/server/graphql/held-bytes.ts';
import { startClient } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { fewAtATime } from '../support/few-at-a-time.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';
import { attacks, type Attack, type Target } from './hostile/attacks.ts';
import { startMeasuredProgram, type MeasuredProgram, type Memory } from './hostile/measured-program.ts';
import { head, JSON_TYPE, postGraphQL, rawResponse } from './requests.ts';

/** Bytes for each connection beside the shared ones: 1,000 of them stay below 50 MB. */
const EACH_BYTES_MAX = 38_000;
/** Of caches and compiled code, whatever the connections hold. */
const NOISE_BYTES = 2_000_000;
const AT_ONCE = 100;
/** Connections of the program's pool, and of the test to the probes. */
const POOLED = 10;
const HEALTH = head('GET /healthz HTTP/1.1', 'Connection: close');

let world: World;
let program: MeasuredProgram;
let target: Target;
/** Bytes in use without connections. */
let before: number;
let restRssBytes: number;

beforeAll(async () => {
  world = await createWorld();
  program = await startMeasuredProgram({
    ...world.env,
    // Without the limits by session and address only the memory is limited.
    MAX_SOCKETS_PER_SESSION: '100000',
    MAX_SOCKETS_PER_ADDRESS: '1000000',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  const client = await startClient(program.url);
  target = { url: program.url, cookie: client.cookie, assessmentId: await client.submit() };
  // Fills the cache of documents, which is limited by itself.
  for (let index = 0; index < 10; index++)
    await postGraphQL(
      program.url,
      JSON.stringify({ query: `{ a${'x'.repeat(7_900)}${index}: __typename }` }),
      JSON_TYPE,
    );
  const { connections } = await program.memory();
  // Compiles the code, and grows the tables.
  for (const attack of Object.values(attacks)) for (const socket of await openAll(attack, 10)) socket.destroy();
  await until(async () => (await program.memory()).connections <= connections + POOLED, { timeoutMs: 30_000 });
  ({ liveBytes: before, rssBytes: restRssBytes } = await settled());
});
afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await world.close();
});

/** When three measurements agree: the server has read what was sent, and has ended the connections that it cuts off. */
async function settled(): Promise<Memory> {
  // A response on a new connection comes after reads of all older ones.
  for (let count = 0; count < 5; count++) await rawResponse(program.url, HEALTH);
  let last = await program.memory();
  let steady = 0;
  return await until(
    async () => {
      const now = await program.memory();
      steady = Math.abs(now.liveBytes - last.liveBytes) < NOISE_BYTES / 10 ? steady + 1 : 0;
      last = now;
      return steady === 2 ? now : undefined;
    },
    { label: 'the memory to be steady', intervalMs: 150, timeoutMs: 30_000 },
  );
}

const PATIENCE = { intervalMs: 100, timeoutMs: 20_000 };

/** The bytes if they are within the limit. */
const within = (most: number, bytes: number): number | undefined => (bytes < most ? Math.max(1, bytes) : undefined);

const heldBytes = async (): Promise<number> => Number(/^assay_held_bytes (\d+)$/m.exec(await metricsOf(program))?.[1]);

async function openAll({ open }: Attack, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  await fewAtATime(AT_ONCE, Array.from({ length: count }).keys(), async (index) => {
    sockets.push(await open(target, index));
  });
  return sockets;
}

describe('the memory that connections take is limited, and released when they close:', () => {
  test.each(Object.entries(attacks))('%s', async (name, attack) => {
    const { count, fills = false } = attack;
    const most = SHARED_BYTES_MAX + NOISE_BYTES + count * EACH_BYTES_MAX;
    const sockets = await openAll(attack, count);
    try {
      if (fills) await until(async () => (await heldBytes()) > 0.9 * SHARED_BYTES_MAX);
      await settled();
      // A connection that is cut off is released as soon as the frames of its last chunk are handled.
      const bytes = await until(async () => within(most, (await program.memory()).liveBytes - before), PATIENCE);
      console.log(`${count} × ${name}: ${Math.round(bytes / count)} bytes each`);
      expect(await heldBytes()).toBeLessThanOrEqual(SHARED_BYTES_MAX);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await until(async () => (await heldBytes()) === 0, PATIENCE);
    const after = await until(async () => within(before + NOISE_BYTES, (await program.memory()).liveBytes), PATIENCE);
    before = Math.min(before, after);
  });

  test('1,000 of the most costly ones take less than 50 MB', () => {
    expect(SHARED_BYTES_MAX + 1_000 * EACH_BYTES_MAX).toBeLessThanOrEqual(50 * 1024 * 1024);
  });

  test('what the operating system gives the process stays below its size at rest and 300 MB', async () => {
    expect((await program.memory()).rssBytes).toBeLessThan(restRssBytes + 300_000_000);
  });
});
