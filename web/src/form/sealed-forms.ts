import { createStore } from '../store.ts';
import { isAnswers, type Answers } from './answers.ts';
import type { Progress } from './check.ts';
import { deviceStorage as deviceStorageOfPage, type DeviceStorage } from './device-storage.ts';
import { dropDraft, isProgress, loadDraft, newDraft, parsed, saveDraft, type DraftPlace } from './drafts.ts';

/** A form that was sent while the device was offline. It waits on the device, and goes out once. */
export interface SealedForm {
  slug: string;
  version: number;
  /** In which it was filled in. */
  language: string;
  title: string;
  answers: Answers;
  progress: Progress;
  /** The same in each try, so however often the form goes out, it makes one assessment. */
  idempotencyKey: string;
  from?: string | undefined;
}

const PREFIX = 'assay:sealed:';
/** A person has one or two of them; a longer list is no work of a form. */
const FORMS_MAX = 20;

/** The sealed forms of a session, in all tabs of the browser. */
export const createSealedForms = (storage: DeviceStorage) => {
  const forms = createStore<readonly SealedForm[]>([]);
  let session = '';
  const keyOf = (form: SealedForm): string => `${PREFIX}${session}:${form.idempotencyKey}`;
  const reload = (): void => {
    const keys = storage.keys().filter((key) => key.startsWith(`${PREFIX}${session}:`));
    const read = keys.toSorted().map((key) => parsed(storage.read(key)));
    forms.set(read.filter(isSealed).slice(0, FORMS_MAX));
  };
  const remove = (form: SealedForm): void => {
    storage.remove(keyOf(form));
    reload();
  };
  return {
    get: forms.get,
    subscribe: forms.subscribe,
    reload,
    remove,
    /** Shows the forms of this session. */
    open: (next: string): void => {
      session = next;
      reload();
    },
    /** Takes the place of the form's draft, whose room on the device may be what it needs. */
    seal: (form: SealedForm): void => {
      dropDraft(storage, { ...form, session });
      storage.write(keyOf(form), JSON.stringify(form));
      reload();
    },
    /** False: the form is only in memory, so the page has to stay open. */
    isKept: (form: SealedForm): boolean => storage.isKept(keyOf(form)),
    /**
     * Makes a draft of it again, with a new idempotency key where the old one was used for other answers. A form that was
     * begun meanwhile keeps its answers: the draft is then one of its own.
     */
    unseal: (form: SealedForm, { renewed = false } = {}): DraftPlace => {
      const { slug, version, answers, progress, idempotencyKey } = form;
      const place = { session, slug, version, from: form.from };
      const free = loadDraft(storage, place) === undefined ? place : { ...place, from: idempotencyKey };
      const draft = { ...newDraft(answers), progress };
      storage.remove(keyOf(form));
      saveDraft(storage, free, renewed ? draft : { ...draft, idempotencyKey });
      reload();
      return free;
    },
    isOf: (key: string | null): boolean => key === null || key.startsWith(PREFIX),
  };
};

export const sealedForms = createSealedForms(deviceStorageOfPage);

const isSealed = (value: unknown): value is SealedForm => {
  if (typeof value !== 'object' || value === null) return false;
  if (!('slug' in value && 'version' in value && 'title' in value && 'idempotencyKey' in value)) return false;
  if (!('answers' in value && 'progress' in value)) return false;
  const { slug, version, title, answers, progress, idempotencyKey } = value;
  const language: unknown = 'language' in value ? value.language : undefined;
  const areTexts = [slug, language, title, idempotencyKey].every((text) => typeof text === 'string');
  return areTexts && Number.isSafeInteger(version) && isAnswers(answers) && isProgress(progress);
};
