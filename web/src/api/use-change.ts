import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import type { AssessmentStateFragment } from '../gql/graphql.ts';
import { readChange, type CancelAssessment, type RetryAssessment } from './change.ts';

export interface ChangeListener {
  onChanged: (assessment: AssessmentStateFragment) => void;
  /** The assessment is not as the page shows it. */
  onStale: () => void;
}

export interface Change {
  busy: boolean;
  /** Why it was not done; gone with the next try. */
  problem: string | undefined;
  /** A call while one is under way is the second half of a double click and does nothing. */
  run: (id: string) => Promise<void>;
}

/** A cancellation or a retry, as a button has it. */
export const useChange = (
  document: typeof CancelAssessment | typeof RetryAssessment,
  { onChanged, onStale }: ChangeListener,
): Change => {
  const [, mutate] = useMutation(document as typeof RetryAssessment);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
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
