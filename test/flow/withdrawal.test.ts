import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { clientWith, type Client } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { launchProgram } from './program.ts';

const ours = fileURLToPath(new URL('../../questionnaires', import.meta.url));

/** A copy of our folder, in which the newest version of the wellbeing check is the only one that is not withdrawn. */
function copied() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-withdrawal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(ours, folder, { recursive: true });
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
  const content = read('wellbeing-check.v2.json');
  const first = { ...read('wellbeing-check.v1.json'), withdrawn: true };
  writeFileSync(join(folder, 'wellbeing-check.v1.json'), JSON.stringify(first));
  return {
    folder,
    write: (change: Record<string, unknown>, version = 2): void =>
      writeFileSync(
        join(folder, `wellbeing-check.v${version}.json`),
        JSON.stringify({ ...content, version, ...change }),
      ),
    writeGerman: (change: Record<string, unknown>): void =>
      writeFileSync(
        join(folder, 'wellbeing-check.v2.de.json'),
        JSON.stringify({ ...read('wellbeing-check.v2.de.json'), ...change }),
      ),
    remove: (): void => {
      for (const end of ['json', 'de.json']) rmSync(join(folder, `wellbeing-check.v2.${end}`));
    },
  };
}

/** Runs `npm run migrate`; resolves to the lines of its log. */
async function migrate(databaseUrl: string, folder: string): Promise<Record<string, unknown>[]> {
  await using program = launchProgram('migrate', { DATABASE_URL: databaseUrl, QUESTIONNAIRES_DIR: folder });
  expect(await program.exited).toEqual({ code: 0, signal: null });
  const lines = program.stdout().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const QUESTIONNAIRES = `{ questionnaires { id } newest: questionnaire(slug: "wellbeing-check") { id withdrawn }
  first: questionnaire(slug: "wellbeing-check", version: 2) { id title withdrawn } }`;
const RETRY = `mutation Retry($id: ID!) { retryAssessment(id: $id) { assessment { id } errors { code } } }`;
const CANCEL = `mutation Cancel($id: ID!) { cancelAssessment(id: $id) { __typename } }`;

const idsIn = async (client: Client): Promise<string[]> =>
  (await client.graphql(QUESTIONNAIRES)).data.questionnaires.map(({ id }: { id: string }) => id);

test('a withdrawn version takes no answers in any api, its results stay, retries go on, and it can be offered again', async () => {
  await using world = await createWorld();
  const { folder, write } = copied();
  const env = { QUESTIONNAIRES_DIR: folder };
  await using one = await startApp({ role: 'api', world, env });
  await using other = await startApp({ role: 'api', world, env });
  await using _worker = await startApp({ role: 'worker', world, env });
  const client = await one.client();
  const elsewhere = clientWith(other.url, client.cookie);
  const [finished, cancelled] = [await client.submit({ idempotencyKey: 'first' }), await client.submit()];
  await client.completion(finished);
  await client.completion(cancelled);
  world.model.hold();
  const again = await client.submit();
  await client.graphql(CANCEL, { id: again });
  world.model.release();

  write({ withdrawn: true });
  expect(await migrate(world.databaseUrl, folder)).toContainEqual(
    expect.objectContaining({ published: [], withdrawn: ['wellbeing-check@1', 'wellbeing-check@2'], offeredAgain: [] }),
  );
  for (const visitor of [client, elsewhere]) {
    await until(async () => (await idsIn(visitor)).join() === 'ipip-neo-120@2,mini-ipip@1', {
      label: 'the withdrawal',
    });
    expect((await visitor.graphql(QUESTIONNAIRES)).data).toMatchObject({
      newest: null,
      first: { id: 'wellbeing-check@2', title: 'Wellbeing check', withdrawn: true },
    });
    for (const version of [{}, { questionnaireVersion: 2 }]) {
      expect(await visitor.trySubmit(version)).toEqual({
        __typename: 'QuestionnaireWithdrawnError',
        code: 'QUESTIONNAIRE_WITHDRAWN',
        message: expect.stringContaining('was withdrawn'),
      });
      const body = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers, ...version };
      const response = await visitor.rest('POST', '/api/assessment/submit', body);
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ error: { code: 'QUESTIONNAIRE_WITHDRAWN' } });
    }
    expect(await visitor.read(finished)).toMatchObject({
      status: 'COMPLETED',
      questionnaire: { id: 'wellbeing-check@2' },
    });
  }
  expect(await client.submit({ idempotencyKey: 'first' })).toBe(finished);
  expect((await client.graphql(RETRY, { id: again })).data.retryAssessment).toEqual({
    assessment: { id: again },
    errors: [],
  });
  await client.completion(again);
  expect(await client.read(again)).toMatchObject({ status: 'COMPLETED', round: 2 });

  write({});
  expect(await migrate(world.databaseUrl, folder)).toContainEqual(
    expect.objectContaining({ withdrawn: [], offeredAgain: ['wellbeing-check@2'] }),
  );
  await until(async () => (await idsIn(elsewhere)).includes('wellbeing-check@2'), { label: 'the offer' });
  await elsewhere.submit();
});

test('a version that is corrected and withdrawn is replaced in a running api, without a restart', async () => {
  await using world = await createWorld();
  const { folder, write } = copied();
  await using app = await startApp({ role: 'api', world, env: { QUESTIONNAIRES_DIR: folder } });
  const client = await app.client();
  write({ withdrawn: true });
  write({ title: 'Corrected' }, 3);
  expect(await migrate(world.databaseUrl, folder)).toContainEqual(
    expect.objectContaining({
      published: ['wellbeing-check@3'],
      withdrawn: ['wellbeing-check@1', 'wellbeing-check@2'],
    }),
  );
  const id = await client.submit({ questionnaireVersion: 3 });
  expect(await client.read(id)).toMatchObject({ questionnaire: { id: 'wellbeing-check@3' } });
  await until(async () => (await idsIn(client)).includes('wellbeing-check@3'), { label: 'version 3' });
  expect((await client.graphql(QUESTIONNAIRES)).data.newest).toEqual({ id: 'wellbeing-check@3', withdrawn: false });
});

test('a published version without a file stays offered, and the publisher says what to do', async () => {
  await using world = await createWorld();
  const { folder, remove } = copied();
  remove();
  expect(await migrate(world.databaseUrl, folder)).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      msg:
        'published versions without a file: wellbeing-check@2. They are still offered. ' +
        'Put the file back with "withdrawn": true to withdraw them.',
    }),
  );
  await using app = await startApp({ world, env: { QUESTIONNAIRES_DIR: folder } });
  expect(app.logs).toContainEqual(
    expect.objectContaining({ msg: expect.stringContaining('without a file: wellbeing') }),
  );
  const client = await app.client();
  expect(await client.trySubmit()).toMatchObject({ __typename: 'Assessment' });
});

test('an api and a worker publish and withdraw nothing, and name files that are not published', async () => {
  await using world = await createWorld();
  const { folder, write } = copied();
  write({ withdrawn: true });
  write({}, 3);
  const before = await world.sql('SELECT id, withdrawn_at FROM questionnaire ORDER BY id');
  for (const role of ['api', 'worker'] as const) {
    await using app = await startApp({ role, world, env: { QUESTIONNAIRES_DIR: folder } });
    expect(app.logs).toContainEqual(
      expect.objectContaining({ msg: expect.stringMatching(/not published: wellbeing-check@3\. .*npm run migrate/) }),
    );
  }
  expect(await world.sql('SELECT id, withdrawn_at FROM questionnaire ORDER BY id')).toEqual(before);
});

test('an api and a worker publish no texts in further languages, and name those that differ from what is published', async () => {
  await using world = await createWorld();
  const { folder, writeGerman } = copied();
  writeGerman({ title: 'Ihr Befinden' });
  const before = await world.sql('SELECT hash, published_at FROM questionnaire_text ORDER BY hash');
  for (const role of ['api', 'worker'] as const) {
    await using app = await startApp({ role, world, env: { QUESTIONNAIRES_DIR: folder } });
    expect(app.logs).toContainEqual(
      expect.objectContaining({
        msg: expect.stringMatching(/differ from what is published: wellbeing-check@2 de\. .*npm run migrate/),
      }),
    );
  }
  expect(await world.sql('SELECT hash, published_at FROM questionnaire_text ORDER BY hash')).toEqual(before);
  expect(await migrate(world.databaseUrl, folder)).toContainEqual(
    expect.objectContaining({ texts: ['wellbeing-check@2 de'] }),
  );
  await using app = await startApp({ role: 'api', world, env: { QUESTIONNAIRES_DIR: folder } });
  expect(app.logs).not.toContainEqual(expect.objectContaining({ msg: expect.stringContaining('further languages') }));
});

test('a folder that can not be read ends the start, and the setting is named', async () => {
  await using program = launchProgram('all', { QUESTIONNAIRES_DIR: '/no/such/folder' });
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr()).toContain('QUESTIONNAIRES_DIR (/no/such/folder): the folder cannot be read. Create it');
});
