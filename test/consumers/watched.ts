import { claimOf, fits, startWorker, type WorkerHarness, type WorkerOptions } from './worker-harness.ts';
import type { Claim } from '../../src/entities/claim.ts';

export const refuses = (error: Error) => () => {
  throw error;
};

/** A worker whose claims have a subscriber to their progress. */
export function startWatched(given: Partial<Claim> = {}, options: WorkerOptions = {}): WorkerHarness {
  const worker = startWorker(options);
  worker.store.claim = (id, token) => claimOf(id, token, { watch: true, ...given });
  return worker;
}

export const item = (title: string) => ({ title, rationale: 'b', action: title, area: 'sleep', priority: 'HIGH' });
export const replyOf = (...titles: string[]): string =>
  JSON.stringify({ summary: 'You are tired.', recommendations: titles.map(item) });

/** A model that writes one piece, waits for `everyMs`, writes the next, and so on. */
export const writes =
  (pieces: readonly string[], everyMs = 0): WorkerHarness['script'][number] =>
  async ({ onText }) => {
    for (const piece of pieces) {
      onText?.(piece);
      // oxlint-disable-next-line no-await-in-loop -- one piece after another
      if (everyMs > 0) await new Promise((resume) => void setTimeout(resume, everyMs));
    }
    return fits({ text: pieces.join('') });
  };

/** A text cut after each part. */
export const piecesOf = (text: string): string[] => text.split(/(?<=[.}]"?,)/);

/** The announced progress: `started 2.0`, or `writing 2.1 S a b` for a draft with the summary and two recommendations. */
export const told = ({ progress }: WorkerHarness): string[] =>
  progress.map(({ phase, version, seq, draft }) => {
    const titles = (draft?.recommendations ?? []).map((each) => (each as { title: string }).title);
    return [`${phase} ${version}.${seq}`, ...(draft?.summary == null ? [] : ['S']), ...titles].join(' ');
  });
