import { isAnswers, type Answers } from './fields.ts';

/** Answers that were not sent yet. The key belongs to this filled form: sending it twice makes one assessment. */
export interface Draft {
  version: number;
  answers: Answers;
  idempotencyKey: string;
}

export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const newDraft = (version: number, answers: Answers = {}): Draft => ({
  version,
  answers,
  idempotencyKey: newIdempotencyKey(),
});

export const loadDraft = (storage: DraftStorage, slug: string): Draft | undefined => {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey(slug)) ?? 'null');
    return isDraft(stored) ? stored : undefined;
  } catch {
    return undefined; // unreadable is as good as absent: the form starts empty
  }
};

/** An untouched form is not kept. A browser that stores nothing costs the reload, not the form. */
export const saveDraft = (storage: DraftStorage, slug: string, draft: Draft): void => {
  if (Object.keys(draft.answers).length === 0) return;
  try {
    storage.setItem(storageKey(slug), JSON.stringify(draft));
  } catch {
    // full or forbidden
  }
};

export const discardDraft = (storage: DraftStorage, slug: string): void => {
  try {
    storage.removeItem(storageKey(slug));
  } catch {
    // forbidden: then nothing was stored either
  }
};

/** Not `randomUUID`, which browsers lack on plain HTTP. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const storageKey = (slug: string) => `assay:draft:${slug}`;

const isDraft = (value: unknown): value is Draft => {
  if (typeof value !== 'object' || value === null) return false;
  if (!('version' in value && 'answers' in value && 'idempotencyKey' in value)) return false;
  const { version, answers, idempotencyKey } = value;
  return Number.isSafeInteger(version) && isAnswers(answers) && typeof idempotencyKey === 'string';
};
