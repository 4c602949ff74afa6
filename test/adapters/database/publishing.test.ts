import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/database.ts';
import type { QuestionnaireVersion } from '../../../src/entities/questionnaire-version.ts';
import { wellbeing, withImage } from '../../support/questionnaires.ts';
import { createWorld } from '../../support/world.ts';

const file = (version: number, withdrawn = false): QuestionnaireVersion => ({
  content: { ...wellbeing, slug: 'trial', version },
  withdrawn,
});

/** A database without questionnaires. */
async function emptied() {
  const world = await createWorld();
  await world.sql('DELETE FROM questionnaire');
  const at = { url: world.databaseUrl, poolMax: 2 };
  const database = await openDatabase({ at, leaseMs: 15_000, observe: () => {} });
  onTestFinished(async () => {
    await database.close();
    await world.close();
  });
  const versions = async () => (await database.questionnaires.versions()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { database, world, versions };
}

const NOTHING = { published: [], withdrawn: [], offeredAgain: [], withoutFile: [] };

test('a publisher withdraws the versions whose files say so, once, and offers them again when the files say so no more', async () => {
  const { database, world, versions } = await emptied();
  expect(await database.publish([file(1), file(2)])).toEqual({ ...NOTHING, published: ['trial@1', 'trial@2'] });
  expect(await database.publish([file(1, true), file(2)])).toEqual({ ...NOTHING, withdrawn: ['trial@1'] });
  expect(await versions()).toEqual([
    { id: 'trial@1', withdrawn: true },
    { id: 'trial@2', withdrawn: false },
  ]);
  const [first] = await world.sql(`SELECT withdrawn_at FROM questionnaire WHERE id = 'trial@1'`);
  expect(await database.publish([file(1, true), file(2)])).toEqual(NOTHING);
  expect(await world.sql(`SELECT withdrawn_at FROM questionnaire WHERE id = 'trial@1'`)).toEqual([first]);
  expect(await database.publish([file(1), file(2)])).toEqual({ ...NOTHING, offeredAgain: ['trial@1'] });
  expect((await versions()).map(({ withdrawn }) => withdrawn)).toEqual([false, false]);
});

test('a version that is withdrawn when it is published was offered at no time', async () => {
  const { database, world, versions } = await emptied();
  expect(await database.publish([file(1, true)])).toEqual({
    ...NOTHING,
    published: ['trial@1'],
    withdrawn: ['trial@1'],
  });
  expect(await versions()).toEqual([{ id: 'trial@1', withdrawn: true }]);
  expect(await world.sql('SELECT withdrawn_at = published_at AS same FROM questionnaire')).toEqual([{ same: true }]);
});

test('a version without a file stays as it is, and the publisher names it while it is offered', async () => {
  const { database, versions } = await emptied();
  await database.publish([file(1), file(2)]);
  expect(await database.publish([file(2)])).toEqual({ ...NOTHING, withoutFile: ['trial@1'] });
  await database.publish([file(1, true), file(2)]);
  expect(await database.publish([file(2)])).toEqual(NOTHING);
  expect((await versions()).map(({ withdrawn }) => withdrawn)).toEqual([true, false]);
});

test('nothing is published or withdrawn where the content of a version was changed', async () => {
  const { database, versions } = await emptied();
  await database.publish([file(1), file(2)]);
  const changed = { content: { ...file(1).content, title: 'Changed' }, withdrawn: false };
  await expect(database.publish([changed, file(2, true), file(3)])).rejects.toMatchObject({ name: 'StartError' });
  expect(await versions()).toEqual([
    { id: 'trial@1', withdrawn: false },
    { id: 'trial@2', withdrawn: false },
  ]);
});

test('a changed image of a published version is refused with the name of its file', async () => {
  const { database } = await emptied();
  const illustrated = (sha256: string) => ({ content: { ...withImage(sha256), slug: 'trial' }, withdrawn: false });
  await database.publish([illustrated('a'.repeat(64))]);
  const refusal = {
    name: 'StartError',
    message: expect.stringContaining(
      'trial@1 was published with other content: put the file and images/image.png back',
    ),
  };
  await expect(database.publish([illustrated('b'.repeat(64))])).rejects.toMatchObject(refusal);
  await expect(database.unpublished([illustrated('b'.repeat(64))])).rejects.toMatchObject(refusal);
});

test('a process that publishes nothing names the files of versions that are not published', async () => {
  const { database, versions } = await emptied();
  await database.publish([file(1)]);
  expect(await database.unpublished([file(1, true), file(2)])).toEqual(['trial@2']);
  expect(await versions()).toEqual([{ id: 'trial@1', withdrawn: false }]);
});

test('the contents of the versions that are asked for are read, and no others', async () => {
  const { database } = await emptied();
  await database.publish([file(1), file(2), file(3)]);
  const contents = await database.questionnaires.contents(['trial@1', 'trial@3', 'trial@9']);
  expect(contents.toSorted((a, b) => a.version - b.version)).toEqual([file(1).content, file(3).content]);
});
