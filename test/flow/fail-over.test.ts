import { Client as Postgresql } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { clientWith, COMPLETED, type Client, type Loose } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { clientPrograms, startPostgres, type Postgres } from '../support/postgres.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const CURSOR = '{ session { cursor assessments { nodes { id } } } }';
const FINISHED = `subscription Finished($after: String) { assessmentFinished(after: $after) {
  cursor assessment { id } errors { code } } }`;
const INVALID_CURSOR = { assessment: null, errors: [{ code: 'INVALID_CURSOR' }] };

/** Two sweeps and more, on a busy machine. */
const TOLD_WITHIN = { timeoutMs: 40_000 };

type Heard = { events: Loose[]; codes: string[]; isOver: boolean };

/** Listens to a subscription over a socket of its own. */
function listen(client: Client, query: string, variables: Record<string, unknown>): Heard {
  const heard: Heard = { events: [], codes: [], isOver: false };
  const socket = client.socket();
  const end = (): void => {
    heard.isOver = true;
    void socket.dispose();
  };
  socket.subscribe(
    { query, variables },
    {
      next({ data, errors }) {
        if (errors === undefined) heard.events.push(data);
        else heard.codes.push(...errors.map(({ extensions }) => String(extensions?.['code'])));
      },
      error: end,
      complete: end,
    },
  );
  return heard;
}

const numberOf = (cursor: string): number => Number(Buffer.from(cursor, 'base64url').toString().split('.')[1]);

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Postgresql({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const useUp = (url: string, transactions: number) =>
  ask(url, `DO $$ BEGIN FOR i IN 1..${transactions} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`);

const { bin, lack } = clientPrograms();

/**
 * An asynchronous standby falls behind; the primary goes on for some hundred transactions and is lost; the standby is
 * promoted, and its checkpoint takes minutes. The api that accepted everything is cut off from NATS meanwhile.
 */
describe.skipIf(bin === undefined)(`after a fail-over that loses the last transactions${lack}`, () => {
  let primary: Postgres;
  let standby: Postgres;
  let replication: Proxy;
  let address: Proxy;
  let toNats: Proxy;
  let world: World;
  let apps: TestApp[];
  /** The same visitor at the api that accepted everything, and at another one. */
  let here: Client;
  let there: Client;
  let kept: string[];
  let lost: string[];
  let oldCursor: string;
  const before: Record<string, Heard> = {};

  beforeAll(async () => {
    primary = await startPostgres({ settings: ['checkpoint_timeout=1d', 'max_wal_size=10GB'] });
    [replication, address] = await Promise.all([startProxy(primary.url), startProxy(primary.url)]);
    world = await createWorld({ databaseUrl: primary.url.replace(`:${primary.port}/`, `:${address.port}/`) });
    toNats = await startProxy(world.natsUrl);
    standby = await primary.startStandby(replication.port);
    const apart = { NATS_URL: `nats://127.0.0.1:${toNats.port}` };
    apps = await Promise.all([startApp({ world, role: 'api', env: apart }), startApp({ world, role: 'api' })]);
    here = (await apps[0]?.client()) as Client;
    there = clientWith(apps[1]?.url ?? '', here.cookie);
    await ask(primary.url, `CREATE TABLE filler AS SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n`);
    kept = await submit(3);
    await until(() => replayed(), { label: 'the standby to catch up', timeoutMs: 30_000 });
    await replication.setMode('down');
    lost = await submit(3);
    await useUp(primary.url, 400);
    const [behind] = await ask(standby.url, 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int AS next');
    oldCursor = await until(
      async () => {
        const { data } = await here.graphql(CURSOR);
        return numberOf(data.session.cursor) > Number(behind?.['next']) + 300
          ? (data.session.cursor as string)
          : undefined;
      },
      { label: 'a cursor beyond the transactions of the standby', timeoutMs: 30_000 },
    );
    before['kept'] = listen(here, COMPLETED, { id: kept[0] });
    before['lost'] = listen(here, COMPLETED, { id: lost[0] });
    before['feed'] = listen(here, FINISHED, {});
    await until(async () => /^assay_subscriptions_open.* 3$/m.test(await metricsOf(apps[0] as TestApp)));
    await toNats.setMode('down');
    await address.setMode('down');
    await primary.stopServer('kill');
    await standby.promote();
    address.moveTo(standby.port);
    await address.setMode('pass');
    apps.push(await startApp({ world, role: 'worker' }));
    await until(
      async () => {
        const rows = await world.sql('SELECT 1 FROM test_assessment WHERE ended_at IS NULL').catch(() => [1]);
        return rows.length === 0;
      },
      { label: 'the kept ones to end', timeoutMs: 60_000 },
    );
    // The numbers of the promoted server are beyond the cursor again.
    await useUp(standby.url, 800);
  }, 180_000);

  afterAll(async () => {
    for (const app of apps) await app.close();
    await world.close();
    await Promise.all([replication.close(), address.close(), toNats.close()]);
    await standby.stop();
    await primary.stop();
  });

  async function submit(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let nth = 0; nth < count; nth++) ids.push(await here.submit());
    return ids;
  }

  async function replayed(): Promise<boolean> {
    const [sent] = await ask(primary.url, 'SELECT pg_current_wal_lsn()::text AS lsn');
    const [row] = await ask(
      standby.url,
      `SELECT pg_last_wal_replay_lsn() >= '${String(sent?.['lsn'])}'::pg_lsn AS over`,
    );
    return row?.['over'] === true;
  }

  test('who waited is told: the end of what is kept, NOT_FOUND for what is lost, and that the feed has to begin anew', async () => {
    await until(() => before['kept']?.isOver === true && before['lost']?.isOver === true, TOLD_WITHIN);
    expect(before['kept']?.events).toMatchObject([
      { recommendationCompleted: { assessment: { id: kept[0], status: 'COMPLETED' } } },
    ]);
    expect(before['lost']).toMatchObject({ events: [], codes: ['NOT_FOUND'] });
    await until(() => before['feed']?.isOver === true, TOLD_WITHIN);
    expect(before['feed']?.events.at(-1)).toMatchObject({ assessmentFinished: INVALID_CURSOR });
  });

  test.each([
    ['at the api that accepted them', () => here],
    ['at another api', () => there],
  ])('who comes later %s is told the same', async (_, client) => {
    const [ended, gone] = [listen(client(), COMPLETED, { id: kept[1] }), listen(client(), COMPLETED, { id: lost[1] })];
    await until(() => ended.isOver && gone.isOver, TOLD_WITHIN);
    expect(ended.events).toMatchObject([{ recommendationCompleted: { assessment: { status: 'COMPLETED' } } }]);
    expect(gone).toMatchObject({ events: [], codes: ['NOT_FOUND'] });
  });

  test.each([
    ['at the api that gave it', () => here],
    ['at another api', () => there],
  ])(
    'a cursor of before is refused %s, although the server’s numbers are beyond it and its checkpoint has the timeline of before',
    async (_, client) => {
      expect(
        await ask(
          standby.url,
          `SELECT (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
           pg_snapshot_xmin(pg_current_snapshot())::text::int > ${numberOf(oldCursor)} AS beyond`,
        ),
      ).toEqual([{ timeline: 1, beyond: true }]);
      const feed = listen(client(), FINISHED, { after: oldCursor });
      await until(() => feed.isOver, TOLD_WITHIN);
      expect(feed.events).toMatchObject([{ assessmentFinished: INVALID_CURSOR }]);
      // The next cursor is one of the new history: it is accepted, and no end after the list is left out.
      const { data } = await client().graphql(CURSOR);
      const next = listen(client(), FINISHED, { after: data.session.cursor });
      const id = await there.submit();
      await until(() => next.events.some((event) => event.assessmentFinished.assessment?.id === id), TOLD_WITHIN);
      expect(next.events.every((event) => event.assessmentFinished.errors.length === 0)).toBe(true);
    },
  );

  test('each api logs the change once', () => {
    for (const app of apps.slice(0, 2))
      expect(app.logs.filter(({ msg }) => String(msg).startsWith('the database has another history'))).toHaveLength(1);
  });
});
