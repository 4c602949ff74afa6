import { connect } from 'nats';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { refusal } from '../support/model-behaviours.ts';
import { startNats } from '../support/nats.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const USER = { user: 'u', pass: 'p' };
const account = (streams: number) => [
  `accounts { A { jetstream: { max_mem: 1G, max_file: 10G, max_streams: ${streams}, max_consumers: 10 }, users: [{ user: u, password: p }] } }`,
];

test('while the streams for other services are missing work goes on, and each of them gets every end when it is there', async () => {
  const port = await freePort();
  await using world = await createWorld({ natsUrl: `nats://127.0.0.1:${port}` });
  const nats = await startNats({ port, config: account(1) });
  const env = { NATS_USER: USER.user, NATS_PASSWORD: USER.pass, WORKER_CONCURRENCY: '2' };
  const worker = await startApp({ role: 'worker', world, env });
  const api = await startApp({ role: 'api', world, env });
  try {
    const client = await api.client();
    world.model.script([refusal()]);
    const ids = [await client.submit()];
    await client.completion(ids[0] ?? '');
    world.model.script([]);
    // More than there are slots: none of them waits for a confirmation.
    for (let nth = 0; nth < 6; nth++) ids.push(await client.submit());
    for (const id of ids.slice(1)) await client.completion(id);
    world.model.hold();
    const cancelled = await client.submit();
    await world.model.waitForCalls(8);
    await client.graphql(`mutation { cancelAssessment(id: "${cancelled}") { __typename } }`);
    ids.push(cancelled);
    const untold = () => world.sql<{ stream: string }>('SELECT stream FROM untold_end');
    await until(async () => (await untold()).length === ids.length + 1, { timeoutMs: 30_000 });
    const connection = await connect({ servers: nats.url, ...USER });
    const jsm = await connection.jetstreamManager({ checkAPI: false });
    const { workStream, eventsStream, deadStream } = world.wire;
    // The work messages are acked all the same.
    await until(async () => (await jsm.streams.info(workStream)).state.messages === 0);

    nats.reload(account(3));
    await until(async () => (await untold()).length === 0, { timeoutMs: 60_000 });
    const subjects = async (stream: string) =>
      Object.keys((await jsm.streams.info(stream, { subjects_filter: '>' })).state.subjects ?? {});
    const told = (await subjects(eventsStream)).map((subject) => subject.split('.').at(-1));
    expect(new Set(told)).toEqual(new Set(ids));
    expect((await jsm.streams.info(deadStream)).state.messages).toBe(1);
    await connection.close();
  } finally {
    world.model.release();
    await api.close();
    await worker.close();
    await nats.stop();
  }
});

test('an installation with another database leaves the messages of the first one alone', async () => {
  await using world = await createWorld();
  await using other = await createWorld();
  const worker = await startApp({ role: 'worker', world });
  const api = await startApp({ role: 'api', world });
  const stranger = await startApp({ role: 'worker', world: other, env: { NATS_PREFIX: world.prefix } });
  try {
    await until(() => JSON.stringify(stranger.logs).includes('belongs to another installation'), { timeoutMs: 30_000 });
    const client = await api.client();
    for (let nth = 0; nth < 5; nth++) await client.completion(await client.submit());
    expect(JSON.stringify(stranger.logs)).toContain('NATS_PREFIX');
    expect(other.model.calls).toEqual([]);
  } finally {
    await stranger.close();
    await api.close();
    await worker.close();
  }
});
