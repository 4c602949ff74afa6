import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase, type StoredImage } from '../../../src/adapters/database.ts';
import { hashOf } from '../../../src/entities/content-hash.ts';
import type { Overlay } from '../../../src/entities/overlay.ts';
import { german } from '../../support/translations.ts';
import { claimed, completed, newAssessment, openStore, type Store } from './store.ts';

const corrected: Overlay = { ...german, title: 'Ihr Befinden' };
const french: Overlay = { ...german, language: 'fr' };
const row = (overlay: Overlay) => ({
  questionnaireId: 'wellbeing-check@1',
  language: overlay.language,
  hash: hashOf(overlay),
});

/** Moves the times of publication back, so that the next one is later. */
const backdate = ({ sql }: Store) =>
  sql(`UPDATE questionnaire_text SET published_at = published_at - interval '1 min'`);

test('a corrected text is the newest one, and an earlier one can be published again', async () => {
  await using store = await openStore();
  await store.sql('DELETE FROM questionnaire_text');
  const { translations } = store;
  expect(await translations.publish([german, french])).toEqual(['wellbeing-check@1 de', 'wellbeing-check@1 fr']);
  expect(await translations.publish([german, french])).toEqual([]);
  await backdate(store);
  expect(await translations.publish([corrected])).toEqual(['wellbeing-check@1 de']);
  expect(await translations.newest()).toEqual([row(corrected), row(french)]);
  await backdate(store);
  expect(await translations.publish([german])).toEqual(['wellbeing-check@1 de']);
  expect(await translations.newest()).toEqual([row(german), row(french)]);
  expect(await store.sql('SELECT 1 FROM questionnaire_text')).toHaveLength(3);
});

test('a process that publishes nothing names the texts that differ from the newest ones, or have none', async () => {
  await using store = await openStore();
  await store.sql('DELETE FROM questionnaire_text');
  const { translations } = store;
  await translations.publish([german]);
  expect(await translations.unpublished([german])).toEqual([]);
  expect(await translations.unpublished([corrected, french])).toEqual(['wellbeing-check@1 de', 'wellbeing-check@1 fr']);
  expect(await translations.newest()).toEqual([row(german)]);
});

test('texts are read by their hashes, as they were published', async () => {
  await using store = await openStore();
  await store.translations.publish([corrected]);
  const found = await store.translations.contents([hashOf(german), hashOf(corrected), 'none']);
  expect(found.toSorted((a, b) => (a.overlay.title === german.title ? -1 : a.hash < b.hash ? 1 : 0))).toEqual([
    { hash: hashOf(german), overlay: german },
    { hash: hashOf(corrected), overlay: corrected },
  ]);
});

test('several processes publish the same text at once', async () => {
  await using store = await openStore();
  await using other = await openStore({ world: store.world });
  await store.sql('DELETE FROM questionnaire_text');
  await Promise.all([store, other, store].map(({ translations }) => translations.publish([german])));
  expect(await store.translations.newest()).toEqual([row(german)]);
});

test('the language of a submission is in its row, its view and its claim', async () => {
  await using store = await openStore();
  const rows = [null, 'de', 'pt-BR', null].map((language) => newAssessment({ language }));
  await Promise.all(rows.map((each) => store.submitting.insert(each)));
  expect(store.statements.filter((name) => name === 'insert-assessments').length).toBeLessThan(4);
  for (const { id, language } of rows) {
    expect(await store.reading.byId(id)).toMatchObject({ language });
    expect(await claimed(store, id)).toMatchObject({ id, language });
  }
});

test('each result has the hash of its own texts, also of several that end at once', async () => {
  await using store = await openStore();
  const rows = Array.from({ length: 6 }, () => newAssessment());
  await Promise.all(rows.map((each) => store.submitting.insert(each)));
  const claims = await Promise.all(rows.map(({ id }) => claimed(store, id)));
  const hashes = claims.map((_, index) => (index % 3 === 0 ? null : `hash ${index}`));
  await Promise.all(
    claims.map(({ id, token, network }, index) => {
      const outcome = { ...completed, result: { ...completed.result, textHash: hashes[index] ?? null } };
      return store.working.finish({ id, token, network, outcome });
    }),
  );
  const stored = await store.sql<{ id: string; hash: string | null }>(
    'SELECT assessment_id AS id, text_hash AS hash FROM result_test',
  );
  expect(new Map(stored.map(({ id, hash }) => [id, hash]))).toEqual(
    new Map(claims.map(({ id }, index) => [id, hashes[index]])),
  );
});

const image = (text: string): StoredImage => ({
  sha256: hashOf({ text }),
  type: 'image/png',
  bytes: Buffer.from(`\0\u0001${text}`),
});

test('images are stored once and read as they were, those of one moment in few statements', async () => {
  await using store = await openStore();
  const images = Array.from({ length: 6 }, (_, index) => image(`image ${index}`));
  await store.images.store(images);
  store.statements.length = 0;
  await store.images.store(images);
  expect(store.statements).toEqual(['find-images']);
  store.statements.length = 0;
  const asked = [...images.map(({ sha256 }) => sha256), 'none', images[0]?.sha256 ?? ''];
  expect(await Promise.all(asked.map((sha256) => store.images.find(sha256)))).toEqual([
    ...images,
    undefined,
    images[0],
  ]);
  expect(store.statements.length).toBeLessThanOrEqual(3);
});

test('the embedded database has texts and images too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-pglite-'));
  const at = { folder: join(folder, 'postgres') };
  const database = await openDatabase({ at, leaseMs: 15_000, observe: () => {} });
  try {
    await database.migrate();
    expect(await database.translations.publish([german])).toEqual(['wellbeing-check@1 de']);
    expect(await database.translations.newest()).toEqual([row(german)]);
    expect(await database.translations.contents([hashOf(german)])).toEqual([{ hash: hashOf(german), overlay: german }]);
    const one = image('one');
    await database.images.store([one]);
    expect(await database.images.find(one.sha256)).toEqual(one);
    const submitted = newAssessment({ id: randomUUID(), language: 'de' });
    await database.submitting.insert(submitted);
    expect(await database.reading.byId(submitted.id)).toMatchObject({ language: 'de' });
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
