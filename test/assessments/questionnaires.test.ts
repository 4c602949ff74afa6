import { expect, test } from 'vitest';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import { questionnaireId, type QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../../src/entities/questionnaire-version.ts';
import { UnavailableError } from '../../src/errors.ts';
import { storeOf, versionsOf, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** A version of the wellbeing check that counts the reads of its schema. */
function counted(version: number): { content: QuestionnaireContent; looks: () => number } {
  let looks = 0;
  const content: QuestionnaireContent = {
    ...wellbeing,
    version,
    get schema() {
      looks++;
      return wellbeing.schema;
    },
  };
  return { content, looks: () => looks };
}

const SLUG = wellbeing.slug;
const withVersion = (version: number): QuestionnaireContent => ({ ...wellbeing, version });
const withdrawn = (version: number): QuestionnaireVersion => ({ content: withVersion(version), withdrawn: true });

/** Two processes over one database, with a clock that the test moves. */
function fleetOver(...contents: QuestionnaireContent[]) {
  const fleet = { now: 0, rows: versionsOf(...contents), isAway: false, reads: 0, contentsRead: [] as string[] };
  const stored = storeOf(() => fleet.rows);
  const store = {
    versions: async () => {
      fleet.reads++;
      if (fleet.isAway) throw new UnavailableError('database', 'not-done');
      return await stored.versions();
    },
    contents: async (ids: readonly string[]) => {
      fleet.contentsRead.push(...ids);
      return await stored.contents(ids);
    },
  };
  const process = () => createQuestionnaires(versionsOf(...contents), store, () => fleet.now);
  return Object.assign(fleet, { one: process(), other: process() });
}

/** Until the reads in the background have ended. */
const settled = () => new Promise((resume) => setImmediate(resume));

const versionsIn = (contents: QuestionnaireContent[]): number[] => contents.map(({ version }) => version);

test('the check of a version is made when it is first needed, and kept', () => {
  const [old, newest] = [counted(1), counted(2)];
  const versions = versionsOf(old.content, newest.content);
  const questionnaires = createQuestionnaires(
    versions,
    storeOf(() => versions),
  );
  expect([old.looks(), newest.looks()]).toEqual([0, 0]);
  expect(questionnaires.check(newest.content, wellbeingAnswers)).toEqual([]);
  const looked = newest.looks();
  expect(looked).toBeGreaterThan(0);
  expect(questionnaires.check(newest.content, { ...wellbeingAnswers, mood: 11 })).toMatchObject([{ path: '/mood' }]);
  expect(newest.looks()).toBe(looked);
  expect(old.looks()).toBe(0);
});

test('a version that another process has published is looked up, by all who ask at once together, and once a second at most', async () => {
  const fleet = fleetOver(wellbeing);
  const find = (version: number | null) => fleet.one.find(SLUG, version);
  expect(await Promise.all([find(2), find(3), find(4)])).toEqual([undefined, undefined, undefined]);
  expect(await find(2)).toBeUndefined();
  expect(await find(1)).toBe(wellbeing);
  expect(fleet.reads).toBe(1);
  fleet.rows = versionsOf(wellbeing, withVersion(2));
  fleet.now = 1_000;
  expect(await find(2)).toEqual(withVersion(2));
  expect(await find(null)).toEqual(withVersion(2));
  expect(fleet.reads).toBe(2);
});

test('what another process has published reaches the list and the newest version within seconds, and only new contents are read', async () => {
  const fleet = fleetOver(wellbeing);
  const { one } = fleet;
  fleet.rows = versionsOf(wellbeing, withVersion(2), { ...wellbeing, slug: 'another' });
  fleet.now = 2_999;
  expect(versionsIn(one.list())).toEqual([1]);
  await settled();
  expect(fleet.reads).toBe(0);
  fleet.now = 3_000;
  expect(versionsIn(one.list())).toEqual([1]);
  expect(await one.find(SLUG)).toBe(wellbeing);
  await settled();
  expect(one.list().map(questionnaireId)).toEqual(['another@1', 'wellbeing-check@2']);
  expect(await one.find(SLUG)).toEqual(withVersion(2));
  expect(fleet.reads).toBe(1);
  expect(await fleet.other.find(SLUG)).toBe(wellbeing);
  await settled();
  expect(await fleet.other.find(SLUG)).toEqual(withVersion(2));
  expect(fleet.contentsRead.splice(2)).toHaveLength(2);
  expect(fleet.contentsRead.toSorted()).toEqual(['another@1', 'wellbeing-check@2']);
  expect(await one.byId(questionnaireId(wellbeing))).toBe(wellbeing);
});

test('a withdrawal and its end reach all processes within seconds', async () => {
  const fleet = fleetOver(withVersion(1), withVersion(2));
  const all = [fleet.one, fleet.other];
  const seen = async () => {
    fleet.now += 3_000;
    for (const { list } of all) list();
    await settled();
    return await Promise.all(
      all.map(async ({ list, find, isWithdrawn }) => {
        const named = await find(SLUG, 2);
        return {
          listed: versionsIn(list()),
          newest: (await find(SLUG))?.version,
          named: named && { version: named.version, withdrawn: isWithdrawn(named) },
        };
      }),
    );
  };
  fleet.rows = [...versionsOf(withVersion(1)), withdrawn(2)];
  const first = { listed: [1], newest: 1, named: { version: 2, withdrawn: true } };
  expect(await seen()).toEqual([first, first]);
  fleet.rows = [withdrawn(1), withdrawn(2)];
  const none = { listed: [], newest: undefined, named: { version: 2, withdrawn: true } };
  expect(await seen()).toEqual([none, none]);
  fleet.rows = versionsOf(withVersion(1), withVersion(2));
  const second = { listed: [2], newest: 2, named: { version: 2, withdrawn: false } };
  expect(await seen()).toEqual([second, second]);
});

test('answers are for a version that is not withdrawn: also the first ones after a quiet time', async () => {
  const fleet = fleetOver(withVersion(1), withVersion(2));
  const { offered } = fleet.one;
  expect(await offered(SLUG, 2)).toEqual(withVersion(2));
  fleet.now = 3_000;
  fleet.rows = [...versionsOf(withVersion(1)), withdrawn(2)];
  await expect(offered(SLUG, 2)).rejects.toMatchObject({
    name: 'QuestionnaireWithdrawnError',
    message: expect.stringContaining('fill in the newest version'),
  });
  expect(await offered(SLUG)).toEqual(withVersion(1));
  await expect(offered(SLUG, 3)).rejects.toMatchObject({ name: 'UnknownQuestionnaireError' });
  await expect(offered('nowhere')).rejects.toMatchObject({ name: 'UnknownQuestionnaireError' });
  fleet.now = 6_000;
  fleet.rows = [withdrawn(1), withdrawn(2)];
  await expect(offered(SLUG)).rejects.toMatchObject({ name: 'QuestionnaireWithdrawnError' });
});

test('while the database is away everything that is known is served, and one read is tried each three seconds', async () => {
  const fleet = fleetOver(wellbeing);
  const { one } = fleet;
  fleet.isAway = true;
  for (fleet.now = 3_000; fleet.now < 12_000; fleet.now += 500) {
    expect(versionsIn(one.list())).toEqual([1]);
    expect(await one.find(SLUG)).toBe(wellbeing);
    expect(await one.offered(SLUG, 1)).toBe(wellbeing);
    await settled();
  }
  expect(fleet.reads).toBe(3);
  expect(await fleet.other.offered(SLUG, 1)).toBe(wellbeing);
  await expect(one.find(SLUG, 2)).rejects.toBeInstanceOf(UnavailableError);
  fleet.isAway = false;
  fleet.rows = versionsOf(wellbeing, withVersion(2));
  fleet.now = 15_000;
  one.list();
  await settled();
  expect(versionsIn(one.list())).toEqual([2]);
});

test('a version whose row is gone is forgotten', async () => {
  const fleet = fleetOver(withVersion(1), withVersion(2));
  fleet.rows = versionsOf(withVersion(1));
  fleet.now = 3_000;
  fleet.one.list();
  await settled();
  expect(await fleet.one.byId(`${SLUG}@2`)).toBeUndefined();
  expect(versionsIn(fleet.one.list())).toEqual([1]);
});
