import { useCallback, useEffect, useState } from 'react';
import { discardDraft, loadDraft, newDraft, newIdempotencyKey, saveDraft, type Draft } from './draft.ts';
import type { Answer } from './fields.ts';

export interface DraftEditor {
  draft: Draft;
  answer: (name: string, answer: Answer) => void;
  /** From now on these answers count as another submission, under the key that is returned. */
  renewKey: () => string;
  discard: () => void;
}

/** The answers of one form, kept in this tab until they are sent. */
export const useDraft = (slug: string, version: number): DraftEditor => {
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = loadDraft(sessionStorage, slug);
    return kept?.version === version ? kept : newDraft(version);
  });
  useEffect(() => saveDraft(sessionStorage, slug, draft), [slug, draft]);

  const answer = useCallback(
    (name: string, value: Answer) =>
      setDraft((before) => ({ ...before, answers: { ...before.answers, [name]: value } })),
    [],
  );
  const renewKey = useCallback(() => {
    const idempotencyKey = newIdempotencyKey();
    setDraft((before) => ({ ...before, idempotencyKey }));
    return idempotencyKey;
  }, []);
  const discard = useCallback(() => discardDraft(sessionStorage, slug), [slug]);
  return { draft, answer, renewKey, discard };
};
