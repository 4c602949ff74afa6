import { expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/database.ts';
import { hashOf } from '../../src/entities/content-hash.ts';
import type { Overlay } from '../../src/entities/overlay.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { versionsOf, withImage } from '../support/questionnaires.ts';
import { newestGerman as german } from '../support/translations.ts';
import { until } from '../support/wait.ts';

/** Another process of the installation. */
async function inOtherProcess<Result>({ world }: TestApp, act: (database: Database) => Promise<Result>) {
  const database = await openDatabase({
    at: { url: world.databaseUrl, poolMax: 1 },
    leaseMs: 15_000,
    observe: () => {},
  });
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}

const hashesOf = async ({ world }: TestApp, id: string): Promise<(string | null)[]> => {
  const rows = await world.sql<{ hash: string | null }>(
    'SELECT text_hash AS hash FROM result_test WHERE assessment_id = $1',
    [id],
  );
  return rows.map(({ hash }) => hash);
};

async function completedIn(client: Client, language: string): Promise<string> {
  const id = await client.submit({ language });
  await until(async () => (await client.read(id)).status === 'COMPLETED');
  return id;
}

const promptFor = ({ world }: TestApp, id: string): string =>
  world.model
    .callsFor(id)
    .flatMap(({ body }) => (body.messages ?? []).map(({ content }) => content))
    .join('\n');

test('the model is asked in the language of the assessment, and the result has the hash of its texts', async () => {
  await using app = await startApp();
  const client = await app.client();
  const [inGerman, inEnglish] = [await completedIn(client, 'de'), await completedIn(client, 'en')];
  expect(promptFor(app, inGerman)).toContain('Wie gut haben Sie geschlafen?');
  expect(promptFor(app, inGerman)).toContain('in the language "de"');
  expect(promptFor(app, inEnglish)).toContain('How well did you sleep?');
  expect(await hashesOf(app, inGerman)).toEqual([hashOf(german)]);
  expect(await hashesOf(app, inEnglish)).toEqual([null]);
});

test('a corrected translation that another process publishes is used by an api and a worker that run', async () => {
  await using worker = await startApp({ role: 'worker' });
  await using api = await startApp({ role: 'api', world: worker.world });
  const client = await api.client();
  const before = await completedIn(client, 'de');
  const corrected: Overlay = { ...german, title: 'Ihr Befinden' };
  await api.world.sql(`UPDATE questionnaire_text SET published_at = published_at - interval '1 min'`);
  await inOtherProcess(api, ({ translations }) => translations.publish([corrected]));
  await until(async () => {
    const { data } = await client.graphql('{ questionnaire(slug: "wellbeing-check", language: "de") { title } }');
    return data.questionnaire.title === 'Ihr Befinden';
  });
  await until(async () => (await hashesOf(api, await completedIn(client, 'de')))[0] === hashOf(corrected));
  expect(await hashesOf(api, before)).toEqual([hashOf(german)]);
});

test('a language that another process publishes is offered by an api, and known to a worker, that run', async () => {
  await using worker = await startApp({ role: 'worker' });
  await using api = await startApp({ role: 'api', world: worker.world });
  const client = await api.client();
  const french: Overlay = { ...german, language: 'fr', title: 'Votre état' };
  await inOtherProcess(api, ({ translations }) => translations.publish([french]));
  const READ = `query Read($id: ID!) { assessment(id: $id) { language questionnaire { title languages } } }`;
  // Within the second after a read nothing is looked up.
  const id = await until(async () => {
    const submitted = await client.trySubmit({ language: 'fr' }).catch(() => undefined);
    return submitted?.id as string | undefined;
  });
  expect((await client.graphql(READ, { id })).data.assessment).toEqual({
    language: 'fr',
    questionnaire: { title: 'Votre état', languages: ['en', 'de', 'fr'] },
  });
  await until(async () => (await client.read(id)).status === 'COMPLETED', { timeoutMs: 60_000 });
  expect(await hashesOf(api, id)).toEqual([hashOf(french)]);
});

test('an image is served from the database by each process', async () => {
  await using app = await startApp({ role: 'api' });
  const bytes = Buffer.from('the bytes of an image');
  const sha256 = hashOf({ bytes: 'of an image' });
  await inOtherProcess(app, async ({ images, publish }) => {
    await images.store([{ sha256, type: 'image/webp', bytes }]);
    await publish(versionsOf({ ...withImage(sha256), slug: 'with-image' }));
  });
  const response = await fetch(`${app.url}/api/images/${sha256}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});
