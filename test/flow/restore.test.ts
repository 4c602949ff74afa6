import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client as Postgresql } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { clientWith, type Loose } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { clientPrograms, createDatabase, startPostgres } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const ROOT = join(import.meta.dirname, '../..');
const { bin, lack } = clientPrograms();

/** The commands of a section of docs/OPERATING.md, block by block. */
function commandsOf(title: string): string[] {
  const text = readFileSync(join(ROOT, 'docs/OPERATING.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands);
}

/** A folder in which the repository's commands work and leave their files. */
function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-restore-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(ROOT)) if (!name.startsWith('.')) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

const sweepsOf = async (app: TestApp): Promise<number> =>
  Number(/^assay_database_seconds_count\{operation="sweep-ends"\} (\d+)$/m.exec(await metricsOf(app))?.[1] ?? 0);

async function sweptTwice(app: TestApp): Promise<void> {
  const begun = await sweepsOf(app);
  await until(async () => (await sweepsOf(app)) >= begun + 2, { label: 'two sweeps', timeoutMs: 60_000 });
}

const LIST = '{ session { cursor assessments { nodes { id status } } } }';
const FINISHED = `subscription Finished($after: String) { assessmentFinished(after: $after) {
  assessment { id } errors { __typename } } }`;

test.skipIf(bin === undefined)(
  `the commands of docs/OPERATING.md move an installation to another server: nothing is lost, and no old end is told as new${lack}`,
  { timeout: 180_000 },
  async () => {
    const [before, after] = await Promise.all([startPostgres(), startPostgres()]);
    onTestFinished(async () => void (await Promise.all([before.stop(), after.stop()])));
    await using world = await createWorld({ databaseUrl: before.url });
    // The new server has used up fewer transactions than the old one.
    await world.sql('DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$');
    const old = await startApp({ world });
    const visitor = await old.client();
    const ended = await Promise.all([1, 2, 3, 4, 5].map(() => visitor.submit()));
    await Promise.all(ended.map((id) => visitor.completion(id)));
    await old.close();
    const accepting = await startApp({ world, role: 'api' });
    const open = await clientWith(accepting.url, visitor.cookie).submit();
    await accepting.close();

    const { url } = await createDatabase(after.url);
    const [folder, [dump = '', restore = '', ...others]] = [workFolder(), commandsOf('Backup and restore')];
    expect(others).toEqual([]);
    const env = {
      PATH: [bin, join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(':'),
      HOME: folder,
      DATABASE_URL: before.url,
      NEW_DATABASE_URL: url,
    };
    const run = (commands: string) => promisify(execFile)('sh', ['-ec', commands], { cwd: folder, env });
    await run(dump);
    const { stdout } = await run(restore);
    expect(stdout).toMatch(/"count":5,"msg":"rows had the transaction numbers of another database server/);

    world.model.hold(); // no end comes before somebody listens
    await using app = await startApp({ world, env: { DATABASE_URL: url } });
    const client = clientWith(app.url, visitor.cookie);
    const listed = (await client.graphql(LIST)).data.session;
    expect(listed.assessments.nodes.map(({ id }: Loose) => id).toSorted()).toEqual([...ended, open].toSorted());
    const told: string[] = [];
    const socket = client.socket();
    socket.subscribe(
      { query: FINISHED, variables: { after: listed.cursor } },
      {
        next: ({ data }: Loose) => void told.push(data.assessmentFinished.assessment?.id ?? 'InvalidCursorError'),
        error: () => {},
        complete: () => {},
      },
    );
    await sweptTwice(app);
    world.model.release();
    const next = await client.submit();
    await until(() => told.includes(open) && told.includes(next), { label: 'both ends', timeoutMs: 60_000 });
    await socket.dispose();
    expect(told.toSorted()).toEqual([open, next].toSorted());

    const database = new Postgresql({ connectionString: url });
    await database.connect();
    const { rows } = await database.query('SELECT count(*)::int AS results FROM result_test');
    await database.end();
    expect(rows).toEqual([{ results: 7 }]);
  },
);

test(
  "after a restored snapshot of the database's files and a restart of the api, new ends are told once, and a cursor that is ahead of the server is refused",
  { timeout: 180_000 },
  async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    await using world = await createWorld({ databaseUrl: postgres.url });
    const [data, snapshot] = [join(postgres.dir, 'data'), join(postgres.dir, 'snapshot')];
    const copy = (from: string, to: string) => promisify(execFile)('cp', ['-Rp', from, to]);
    const before = await startApp({ world });
    const visitor = await before.client();
    const kept = await visitor.submit();
    await visitor.completion(kept);
    await before.close();
    await postgres.stopServer('fast');
    await copy(data, snapshot);
    await postgres.startServer();

    const running = await startApp({ world });
    const later = clientWith(running.url, visitor.cookie);
    const lost = await later.submit();
    await later.completion(lost);
    await world.sql('DO $$ BEGIN FOR i IN 1..2000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$');
    await sweptTwice(running);
    const { cursor: lostCursor } = (await later.graphql(LIST)).data.session;
    await postgres.stopServer('fast');
    rmSync(data, { recursive: true });
    await copy(snapshot, data);
    await postgres.startServer();
    await running.close();

    await using app = await startApp({ world });
    const client = clientWith(app.url, visitor.cookie);
    const listed = (await client.graphql(LIST)).data.session;
    expect(listed.assessments.nodes.map(({ id }: Loose) => id)).toEqual([kept]);
    const follow = (after: string): string[] => {
      const told: string[] = [];
      const socket = client.socket();
      onTestFinished(() => void socket.dispose());
      const next = ({ data: { assessmentFinished: event } }: Loose) =>
        void told.push(event.assessment?.id ?? event.errors[0].__typename);
      socket.subscribe(
        { query: FINISHED, variables: { after } },
        { next, error: (error) => void told.push(String(error)), complete: () => {} },
      );
      return told;
    };
    const [ofLost, ofListed] = [follow(lostCursor), follow(listed.cursor)];
    await until(() => ofLost.length > 0, { timeoutMs: 30_000 });
    const next = await client.submit();
    await client.completion(next);
    await until(() => ofListed.length > 0, { timeoutMs: 30_000 });
    await sweptTwice(app);
    expect({ ofLost, ofListed }).toEqual({ ofLost: ['InvalidCursorError'], ofListed: [next] });
  },
);
