import { isAnswers, type Answers } from './fields.ts';

/** Answers that are not sent yet. The idempotency key belongs to them, so sending them twice makes one assessment. */
export interface SavedAnswers {
  version: number;
  answers: Answers;
  idempotencyKey: string;
}

export type AnswerStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const newSavedAnswers = (version: number, answers: Answers = {}): SavedAnswers => ({
  version,
  answers,
  idempotencyKey: newIdempotencyKey(),
});

export const loadSavedAnswers = (storage: AnswerStorage, slug: string): SavedAnswers | undefined => {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey(slug)) ?? 'null');
    return isSavedAnswers(stored) ? stored : undefined;
  } catch {
    return undefined; // not readable: the form starts empty
  }
};

/** Saves nothing for an untouched form. Without storage the form works, but a reload empties it. */
export const saveAnswers = (storage: AnswerStorage, slug: string, saved: SavedAnswers): void => {
  if (Object.keys(saved.answers).length === 0) return;
  try {
    storage.setItem(storageKey(slug), JSON.stringify(saved));
  } catch {
    // The storage is full or forbidden.
  }
};

export const discardSavedAnswers = (storage: AnswerStorage, slug: string): void => {
  try {
    storage.removeItem(storageKey(slug));
  } catch {
    // The storage is forbidden, so nothing was stored either.
  }
};

/** 128 random bits in hex. `randomUUID` is not available over plain HTTP. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The name of earlier versions: another one would lose the answers that are saved now. */
const storageKey = (slug: string) => `assay:draft:${slug}`;

const isSavedAnswers = (value: unknown): value is SavedAnswers => {
  if (typeof value !== 'object' || value === null) return false;
  if (!('version' in value && 'answers' in value && 'idempotencyKey' in value)) return false;
  const { version, answers, idempotencyKey } = value;
  return Number.isSafeInteger(version) && isAnswers(answers) && typeof idempotencyKey === 'string';
};
