import { expect, test } from 'vitest';
import { createDeviceStorage } from '../../web/src/form/device-storage.ts';
import {
  DONE_PREFIX,
  draftKey,
  dropAllSessions,
  dropAssessment,
  dropDraft,
  dropOtherSessions,
  findDraft,
  loadDraft,
  moveToSession,
  newDraft,
  saveDraft,
  type Draft,
} from '../../web/src/form/drafts.ts';
import { createSealedForms } from '../../web/src/form/sealed-forms.ts';

/** A browser's storage. `room`: the number of texts that it takes. */
const browserStorage = ({ room = 100 } = {}): Storage => {
  const storage = {
    getItem: (key: string) => (Object.hasOwn(storage, key) ? String(Reflect.get(storage, key)) : null),
    setItem: (key: string, text: string) => {
      if (Object.keys(storage).length >= room) throw new DOMException('full', 'QuotaExceededError');
      Object.assign(storage, { [key]: text });
    },
    removeItem: (key: string) => void Reflect.deleteProperty(storage, key),
  };
  for (const name of Object.keys(storage)) Object.defineProperty(storage, name, { enumerable: false });
  return storage as unknown as Storage;
};

const forbidden = createDeviceStorage(() => {
  throw new DOMException('denied', 'SecurityError');
});
const memory = () => {
  const storage = browserStorage();
  return createDeviceStorage(() => storage);
};
const place = { session: 's1', slug: 'sleep', version: 2 };
const draft = (answers = { mood: 3 }, savedAt = '2026-11-30T10:00:00.000Z'): Draft => ({
  ...newDraft(answers),
  savedAt,
  progress: { answered: 1, of: 5 },
});

test('a new tab finds the answers and the idempotency key, so that sending again is the same submission', () => {
  const storage = browserStorage();
  const saved = draft();
  expect(
    saveDraft(
      createDeviceStorage(() => storage),
      place,
      saved,
    ),
  ).toBe(true);
  expect(
    loadDraft(
      createDeviceStorage(() => storage),
      place,
    ),
  ).toEqual(saved);
});

test('a refill is a draft of its own, which changes no other', () => {
  const storage = memory();
  const [begun, refilled] = [draft({ mood: 9 }), draft({ mood: 4 })];
  saveDraft(storage, place, begun);
  saveDraft(storage, { ...place, from: '0198-a' }, refilled);
  expect(findDraft(storage, place)?.draft).toEqual(begun);
  expect(findDraft(storage, { ...place, from: '0198-a' })?.draft).toEqual(refilled);
});

test('the newest draft of a questionnaire is continued in its version, and none of another questionnaire or session', () => {
  const storage = memory();
  saveDraft(storage, place, draft({ mood: 1 }, '2026-11-30T10:00:00.000Z'));
  saveDraft(storage, { ...place, version: 1 }, draft({ mood: 2 }, '2026-11-30T11:00:00.000Z'));
  saveDraft(storage, { ...place, slug: 'sleep-2' }, draft());
  saveDraft(storage, { ...place, session: 's2' }, draft());
  expect(findDraft(storage, place)?.place).toMatchObject({ version: 1, slug: 'sleep', session: 's1' });
  dropDraft(storage, { ...place, version: 1 });
  expect(findDraft(storage, place)?.place.version).toBe(2);
});

test('an untouched form is not saved, and one whose answers are all taken back is removed', () => {
  const storage = memory();
  saveDraft(storage, place, draft());
  saveDraft(storage, place, newDraft());
  expect(storage.keys()).toEqual([]);
});

test('each form has an idempotency key of its own', () => {
  const keys = new Set(Array.from({ length: 100 }, () => newDraft().idempotencyKey));
  expect([keys.size, [...keys][0]]).toEqual([100, expect.stringMatching(/^[0-9a-f]{32}$/)]);
});

test('a storage that throws loses nothing while the page is open, and it is told', () => {
  expect(saveDraft(forbidden, place, draft())).toBe(false);
  expect(findDraft(forbidden, place)?.draft.answers).toEqual({ mood: 3 });
  dropDraft(forbidden, place);
  expect(findDraft(forbidden, place)).toBeUndefined();
});

test('in a full storage the newer answers win over those that were saved before', () => {
  const full = browserStorage({ room: 1 });
  const storage = createDeviceStorage(() => full);
  const other = { ...place, slug: 'mood' };
  expect(saveDraft(storage, place, draft())).toBe(true);
  expect(saveDraft(storage, other, draft({ mood: 8 }))).toBe(false);
  expect(findDraft(storage, other)?.draft.answers).toEqual({ mood: 8 });
});

test('after the end of a session none of its answers are on the device', () => {
  const storage = memory();
  const sealed = createSealedForms(storage);
  sealed.open('s1');
  saveDraft(storage, place, draft());
  sealed.seal({ ...place, title: 'Sleep', language: 'en', ...draft() });
  storage.write('theme', 'dark');
  dropOtherSessions(storage, 's2');
  expect(storage.keys()).toEqual(['theme']);
});

test('a stored value of another shape counts as no draft', () => {
  const wrong = ['{', 'null', '[]', '{"answers":{}}', JSON.stringify({ ...draft(), answers: { mood: null } })];
  for (const text of wrong) {
    const storage = memory();
    storage.write(draftKey(place), text);
    expect(loadDraft(storage, place)).toBeUndefined();
  }
});

test('a sealed form is shown in each tab, keeps its key, and is a draft again when it is changed', () => {
  const device = browserStorage();
  const [tab, other] = [1, 2].map(() => createSealedForms(createDeviceStorage(() => device)));
  tab?.open('s1');
  const { answers, idempotencyKey, progress } = draft();
  const form = { ...place, title: 'Sleep', language: 'en', answers, idempotencyKey, progress };
  tab?.seal(form);
  expect(tab?.isKept(form)).toBe(true);
  other?.open('s1');
  expect(other?.get()).toMatchObject([{ slug: 'sleep', version: 2, answers, idempotencyKey }]);
  tab?.unseal(form);
  other?.reload();
  expect([tab?.get(), other?.get()]).toEqual([[], []]);
  expect(
    loadDraft(
      createDeviceStorage(() => device),
      place,
    ),
  ).toMatchObject({ answers, idempotencyKey, progress });
});

test('a session that is renewed while the page is open takes drafts and sealed forms along', () => {
  const storage = memory();
  const sealed = createSealedForms(storage);
  sealed.open('s1');
  sealed.seal({ ...place, title: 'Sleep', language: 'en', ...draft() });
  saveDraft(storage, place, draft());
  moveToSession(storage, 's1', 's2');
  dropOtherSessions(storage, 's2');
  sealed.open('s2');
  expect(sealed.get()).toHaveLength(1);
  expect(findDraft(storage, { ...place, session: 's2' })?.draft.answers).toEqual({ mood: 3 });
});

test('where the storage is full a form takes the room of its draft as it is sealed, and gives it back as it is changed', () => {
  const device = browserStorage({ room: 1 });
  const storage = createDeviceStorage(() => device);
  const sealed = createSealedForms(storage);
  sealed.open('s1');
  saveDraft(storage, place, draft());
  const form = { ...place, title: 'Sleep', language: 'en', ...draft() };
  sealed.seal(form);
  expect(sealed.isKept(form)).toBe(true);
  expect(storage.isKept(draftKey(sealed.unseal(form)))).toBe(true);
});

test('a sealed form that is changed leaves a form that was begun meanwhile as it is', () => {
  const storage = memory();
  const sealed = createSealedForms(storage);
  sealed.open('s1');
  const form = { ...place, title: 'Sleep', language: 'en', ...draft({ mood: 4 }) };
  sealed.seal(form);
  saveDraft(storage, place, draft({ mood: 9 }));
  const changed = sealed.unseal(form);
  expect(loadDraft(storage, place)?.answers).toEqual({ mood: 9 });
  expect(loadDraft(storage, changed)?.answers).toEqual({ mood: 4 });
});

test('after the end of a session by its person nothing of any session is left, and other texts stay', () => {
  const storage = memory();
  const sealed = createSealedForms(storage);
  sealed.open('s1');
  sealed.seal({ ...place, title: 'Sleep', language: 'en', ...draft() });
  saveDraft(storage, place, draft());
  saveDraft(storage, { ...place, session: 's2', from: 'a1' }, draft());
  storage.write(`${DONE_PREFIX}a1`, '[0]');
  storage.write('other', 'text');
  dropAllSessions(storage);
  expect(storage.keys()).toEqual(['other']);
});

test('a deleted assessment leaves no ticks and no form that began with its answers; other forms stay', () => {
  const storage = memory();
  saveDraft(storage, place, draft());
  saveDraft(storage, { ...place, from: 'a1' }, draft());
  saveDraft(storage, { ...place, from: 'a2' }, draft());
  storage.write(`${DONE_PREFIX}a1`, '[0]');
  storage.write(`${DONE_PREFIX}a2`, '[0]');
  dropAssessment(storage, 'a1');
  expect(storage.keys().toSorted()).toEqual(
    [`${DONE_PREFIX}a2`, draftKey(place), draftKey({ ...place, from: 'a2' })].toSorted(),
  );
});
