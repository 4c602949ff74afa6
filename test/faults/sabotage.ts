import { connect, headers, nanos, type JetStreamManager } from 'nats';
import { Client } from 'pg';
import type { World } from '../support/world.ts';

/** Locks a table against all reads and writes until it is released. */
export async function lockTable({ databaseUrl }: World, table: string): Promise<{ release(): Promise<void> }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return { release: () => client.end() };
}

export async function waitingForLocks({ sql }: World): Promise<number> {
  const [row] = await sql<{ count: number }>(`SELECT count(*)::int FROM pg_locks WHERE NOT granted`);
  return row?.count ?? 0;
}

/** Makes new connections read-only, or writable again. */
export async function setReadOnly({ databaseUrl }: World, readOnly: boolean): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${readOnly ? 'on' : 'off'}`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

/** Number of messages in the work stream. */
export async function workMessages(world: World): Promise<number> {
  return await manage(world, async (jsm) => (await jsm.streams.info(world.wire.workStream)).state.messages);
}

/** Publishes a work message for an assessment, like a dispatch with that number. */
export async function publishWork(
  { natsUrl, wire }: World,
  id: string,
  dispatchNo: number,
  version = 1,
): Promise<void> {
  const connection = await connect({ servers: natsUrl.split(',') });
  const h = headers();
  h.set('Nats-Msg-Id', `${id}:${dispatchNo}`);
  const payload = JSON.stringify({ v: version, assessment_id: id, dispatch_no: dispatchNo });
  await connection.jetstream().publish(wire.submitted(id), payload, { headers: h });
  await connection.close();
}

export async function deleteStream(world: World): Promise<void> {
  await manage(world, (jsm) => jsm.streams.delete(world.wire.workStream));
}

export async function deleteConsumer(world: World): Promise<void> {
  await manage(world, (jsm) => jsm.consumers.delete(world.wire.workStream, world.wire.consumer));
}

/** Limits the work stream to a size; its messages stay. Resolves to the size of before. */
export async function limitWorkStream(world: World, bytes: number): Promise<number> {
  const name = world.wire.workStream;
  return await manage(world, async (jsm) => {
    const { config } = await jsm.streams.info(name);
    await jsm.streams.update(name, { max_bytes: bytes });
    return config.max_bytes;
  });
}

/** Pulls messages and never acknowledges them, with a limit of one delivery: the consumer never delivers them again. */
export async function exhaustDeliveries(world: World, count: number): Promise<void> {
  await manage(world, async (jsm) => {
    const { workStream, consumer } = world.wire;
    await jsm.consumers.update(workStream, consumer, { max_deliver: 1, ack_wait: nanos(200) });
  });
  const connection = await connect({ servers: world.natsUrl.split(',') });
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${world.wire.workStream}.${world.wire.consumer}`;
  const inbox = connection.subscribe('exhaust', { max: count });
  connection.publish(subject, JSON.stringify({ batch: count, expires: nanos(10_000) }), { reply: 'exhaust' });
  for await (const message of inbox) if (message.data.length === 0) break;
  await connection.close();
}

async function manage<T>({ natsUrl }: World, action: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: natsUrl.split(',') });
  try {
    return await action(await connection.jetstreamManager());
  } finally {
    await connection.close();
  }
}
