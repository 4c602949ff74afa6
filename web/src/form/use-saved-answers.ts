import { useCallback, useEffect, useState } from 'react';
import {
  discardSavedAnswers,
  loadSavedAnswers,
  newSavedAnswers,
  newIdempotencyKey,
  saveAnswers,
  type SavedAnswers,
} from './saved-answers.ts';
import type { Answer } from './fields.ts';

export interface SavedAnswersEditor {
  saved: SavedAnswers;
  answer: (name: string, answer: Answer) => void;
  /** Gives the answers a new idempotency key, which is returned: they are another submission then. */
  renewKey: () => string;
  discard: () => void;
}

/** The answers of one form, saved in this tab until they are sent. */
export const useSavedAnswers = (slug: string, version: number): SavedAnswersEditor => {
  const [saved, setSaved] = useState<SavedAnswers>(() => {
    const stored = loadSavedAnswers(sessionStorage, slug);
    return stored?.version === version ? stored : newSavedAnswers(version);
  });
  useEffect(() => saveAnswers(sessionStorage, slug, saved), [slug, saved]);

  const answer = useCallback(
    (name: string, value: Answer) =>
      setSaved((before) => ({ ...before, answers: { ...before.answers, [name]: value } })),
    [],
  );
  const renewKey = useCallback(() => {
    const idempotencyKey = newIdempotencyKey();
    setSaved((before) => ({ ...before, idempotencyKey }));
    return idempotencyKey;
  }, []);
  const discard = useCallback(() => discardSavedAnswers(sessionStorage, slug), [slug]);
  return { saved, answer, renewKey, discard };
};
