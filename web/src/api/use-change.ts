import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import type { AssessmentStateFragment } from '../gql/graphql.ts';
import type { Words } from '../texts/server-words.ts';
import { readChange, type CancelAssessment, type RetryAssessment } from './change.ts';

export interface ChangeListener {
  onChanged: (assessment: AssessmentStateFragment) => void;
  /** The page shows an outdated assessment. */
  onStale: () => void;
}

export interface Change {
  busy: boolean;
  /** Why the last try was refused; undefined once another try begins. */
  problem: Words | undefined;
  /** Does nothing while an earlier call is under way (a double click). */
  run: (id: string) => Promise<void>;
}

/** A cancellation or a retry, for a button. */
export const useChange = (
  document: typeof CancelAssessment | typeof RetryAssessment,
  { onChanged, onStale }: ChangeListener,
): Change => {
  const [, mutate] = useMutation(document as typeof RetryAssessment);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Words>();
  const isRunning = useRef(false);

  const run = async (id: string) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setProblem(undefined);
    const outcome = readChange(await mutate({ id }));
    isRunning.current = false;
    setBusy(false);
    if (outcome.kind === 'changed') return onChanged(outcome.assessment);
    setProblem(outcome.message);
    if (outcome.isStale) onStale();
  };
  return { busy, problem, run };
};
