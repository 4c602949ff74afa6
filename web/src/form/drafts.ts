import { isAnswers, type Answers } from './answers.ts';
import type { Progress } from './check.ts';
import type { DeviceStorage } from './device-storage.ts';

/** Answers that are not sent yet. The idempotency key belongs to them, so sending them twice makes one assessment. */
export interface Draft {
  answers: Answers;
  idempotencyKey: string;
  progress: Progress;
  /** ISO 8601. */
  savedAt: string;
}

/** `from`: the assessment whose answers the form began with. Such a form is a draft of its own. */
export interface DraftPlace {
  session: string;
  slug: string;
  version: number;
  from?: string | undefined;
}

export interface FoundDraft {
  place: DraftPlace;
  draft: Draft;
}

const PREFIX = 'assay:draft:';
/** Before the id of an assessment: the recommendations of it that are ticked. */
export const DONE_PREFIX = 'assay:done:';
/** All texts of a session begin with one of these prefixes and its id. */
export const SESSION_PREFIXES: readonly string[] = [PREFIX, 'assay:sealed:'];

export const newDraft = (answers: Answers = {}): Draft => ({
  answers,
  idempotencyKey: newIdempotencyKey(),
  progress: { answered: 0, of: 0 },
  savedAt: new Date().toISOString(),
});

/** 128 random bits in hex. `randomUUID` is not available over plain HTTP. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The place of a draft in the storage: of a session, a questionnaire, a version, and for a refill of its assessment. */
export const draftKey = ({ session, slug, version, from }: DraftPlace): string =>
  `${PREFIX}${session}:${slug}@${version}${from === undefined ? '' : `:${from}`}`;

export const loadDraft = (storage: DeviceStorage, place: DraftPlace): Draft | undefined =>
  readDraft(storage.read(draftKey(place)));

/** Saves nothing for an untouched form. False: the draft is only in memory. */
export const saveDraft = (storage: DeviceStorage, place: DraftPlace, draft: Draft): boolean => {
  if (Object.keys(draft.answers).length > 0) return storage.write(draftKey(place), JSON.stringify(draft));
  dropDraft(storage, place);
  return true;
};

export const dropDraft = (storage: DeviceStorage, place: DraftPlace): void => storage.remove(draftKey(place));

/** The newest draft of a questionnaire, in whichever version. */
export const findDraft = (
  storage: DeviceStorage,
  { session, slug, from }: Omit<DraftPlace, 'version'>,
): FoundDraft | undefined => {
  const found: FoundDraft[] = [];
  const pattern = /^@(\d+)(?::(.+))?$/;
  const prefix = `${PREFIX}${session}:${slug}`;
  for (const key of storage.keys().filter((each) => each.startsWith(prefix))) {
    const [, version, ofAssessment] = pattern.exec(key.slice(prefix.length)) ?? [];
    const draft = version === undefined || ofAssessment !== from ? undefined : readDraft(storage.read(key));
    if (draft) found.push({ place: { session, slug, version: Number(version), from }, draft });
  }
  return found.toSorted((a, b) => b.draft.savedAt.localeCompare(a.draft.savedAt))[0];
};

/** Gives what a session has left on this device to another one. */
export const moveToSession = (storage: DeviceStorage, from: string, to: string): void => {
  for (const key of from === to ? [] : storage.keys()) {
    const prefix = SESSION_PREFIXES.find((each) => key.startsWith(`${each}${from}:`));
    const text = prefix === undefined ? undefined : storage.read(key);
    if (prefix === undefined || text === undefined) continue;
    const moved = `${prefix}${to}${key.slice(prefix.length + from.length)}`;
    // The new one first: as the old one goes, other tabs look for it. The old one's room may be what the new one needs.
    const isKept = storage.write(moved, text);
    storage.remove(key);
    if (!isKept) storage.write(moved, text);
  }
};

/** Drops what this device has of all sessions. */
export const dropAllSessions = (storage: DeviceStorage): void =>
  dropKeys(storage, (key) => [...SESSION_PREFIXES, DONE_PREFIX].some((prefix) => key.startsWith(prefix)));

/** Drops what this device has of an assessment: the form that began with its answers, and its ticks. */
export const dropAssessment = (storage: DeviceStorage, id: string): void =>
  dropKeys(storage, (key) => key === DONE_PREFIX + id || (key.startsWith(PREFIX) && key.endsWith(`:${id}`)));

const dropKeys = (storage: DeviceStorage, isMeant: (key: string) => boolean): void => {
  for (const key of storage.keys().filter(isMeant)) storage.remove(key);
};

/** Drops what other sessions have left on this device: they have ended, and their person may be another one. */
export const dropOtherSessions = (storage: DeviceStorage, session: string): void => {
  for (const key of storage.keys()) {
    const prefix = SESSION_PREFIXES.find((each) => key.startsWith(each));
    if (prefix !== undefined && !key.startsWith(`${prefix}${session}:`)) storage.remove(key);
  }
};

const readDraft = (text: string | undefined): Draft | undefined => {
  const value = parsed(text);
  return isDraft(value) ? value : undefined;
};

/** Undefined for a text that is no JSON. */
export const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
};

const isDraft = (value: unknown): value is Draft => {
  if (typeof value !== 'object' || value === null) return false;
  if (!('answers' in value && 'idempotencyKey' in value && 'progress' in value && 'savedAt' in value)) return false;
  const { answers, idempotencyKey, progress, savedAt } = value;
  const isText = typeof idempotencyKey === 'string' && typeof savedAt === 'string';
  return isText && isAnswers(answers) && isProgress(progress);
};

export const isProgress = (value: unknown): value is Progress =>
  typeof value === 'object' &&
  value !== null &&
  'answered' in value &&
  'of' in value &&
  Number.isSafeInteger(value.answered) &&
  Number.isSafeInteger(value.of);
