import { useCallback, useEffect, useRef, useState } from 'react';
import { knownSession } from '../api/known-session.ts';
import type { Answer, Answers } from './answers.ts';
import type { Progress } from './check.ts';
import { deviceStorage } from './device-storage.ts';
import {
  draftKey,
  dropDraft,
  loadDraft,
  newDraft,
  newIdempotencyKey,
  saveDraft,
  type Draft,
  type DraftPlace,
} from './drafts.ts';

export interface DraftEditor {
  draft: Draft;
  /** False: the answers are lost when this page is closed. */
  isSaved: boolean;
  /** Another tab has sent or removed these answers. */
  isGone: boolean;
  /** Undefined takes an answer back. */
  answer: (name: string, answer: Answer | undefined) => void;
  /** Gives the answers a new idempotency key, which is returned: they are another submission then. */
  renewKey: () => string;
  /** Removes the answers. The form begins anew, with a new idempotency key. */
  drop: () => void;
}

/** The answers of one form, saved on this device until they are sent, and equal in all tabs that show the form. */
export const useDraft = (place: DraftPlace, progressOf: (answers: Answers) => Progress): DraftEditor => {
  const key = draftKey(place);
  const [draft, setDraft] = useState<Draft>(() => loadDraft(deviceStorage, place) ?? newDraft());
  const [isSaved, setSaved] = useState(true);
  const [isGone, setGone] = useState(false);
  const current = useRef({ key, place, draft, progressOf });
  useEffect(() => {
    current.current.progressOf = progressOf;
  });

  const show = useCallback((next: Draft) => {
    current.current.draft = next;
    setDraft(next);
  }, []);
  const change = useCallback(
    (next: Partial<Draft>) => {
      const changed = { ...current.current.draft, ...next, savedAt: new Date().toISOString() };
      changed.progress = current.current.progressOf(changed.answers);
      show(changed);
      setSaved(saveDraft(deviceStorage, current.current.place, changed));
      setGone(false);
    },
    [show],
  );

  useEffect(() => {
    // After the end of a session its drafts belong to the next one.
    if (current.current.key !== key) current.current = { ...current.current, key, place };
  });

  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      if (event.key !== key) return;
      const { place: shown, draft: before } = current.current;
      // Another tab may have renewed the session, and the answers went along. This tab follows at its next request.
      const moved = { ...shown, session: knownSession() ?? shown.session };
      const stored = loadDraft(deviceStorage, shown) ?? loadDraft(deviceStorage, moved);
      show(stored ?? newDraft());
      setGone(stored === undefined && Object.keys(before.answers).length > 0);
    };
    window.addEventListener('storage', onStorage);
    return () => window.removeEventListener('storage', onStorage);
  }, [key, show]);

  return {
    draft,
    isSaved,
    isGone,
    answer: useCallback(
      (name, value) => {
        const { [name]: _before, ...others } = current.current.draft.answers;
        change({ answers: value === undefined ? others : { ...others, [name]: value } });
      },
      [change],
    ),
    renewKey: useCallback(() => {
      const idempotencyKey = newIdempotencyKey();
      change({ idempotencyKey });
      return idempotencyKey;
    }, [change]),
    drop: useCallback(() => {
      dropDraft(deviceStorage, current.current.place);
      show(newDraft());
    }, [show]),
  };
};
