import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { draftReader, type Draft } from './draft.ts';

/** As often as drafts are announced. A model may write a character at a time, and reading each costs a hundred times that. */
const READ_EVERY_MS = 50;

export type DraftReading = {
  /** Takes the next piece of the reply. It never throws, because it runs within the call of the model. */
  add: (piece: string) => void;
  /** Reads the rest. Afterwards there are no more drafts. */
  end: () => void;
};

/** Reads a reply while it is written, at most once in 50 ms, and calls `onDraft` whenever the draft has changed. */
export function readDraft(content: QuestionnaireContent, onDraft: (draft: Draft) => void): DraftReading {
  const readerOf = draftReader(content);
  let unread = '';
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const read = (): void => {
    timer = undefined;
    if (unread === '' || isOver) return;
    const piece = unread;
    unread = '';
    try {
      const draft = readerOf(piece);
      if (draft !== undefined) onDraft(draft);
      timer = setTimeout(read, READ_EVERY_MS);
    } catch {
      isOver = true;
    }
  };
  return {
    add(piece) {
      if (isOver) return;
      unread += piece;
      if (timer === undefined) read();
    },
    end() {
      clearTimeout(timer);
      read();
      clearTimeout(timer);
      isOver = true;
    },
  };
}
