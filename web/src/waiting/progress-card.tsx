import { useEffect, useState } from 'react';
import { isWaiting } from '../api/assessment.ts';
import type { Assessment, AssessmentView } from '../api/use-assessment.ts';
import { resultTexts } from '../texts/result.ts';
import { CancelButton } from './cancel-button.tsx';
import { Steps } from './steps.tsx';
import { announcement, stateText } from './state-texts.ts';

const { waiting: texts, spoken } = resultTexts;

interface ProgressCardProps extends Pick<AssessmentView, 'update' | 'reload'> {
  assessment: Assessment;
  lost: boolean;
}

/**
 * The way of an assessment from the submission to the result. The same box for all states: what is below it stays where it
 * is. A result that was there from the start has one line in its place.
 */
export const ProgressCard = ({ assessment, lost, update, reload }: ProgressCardProps) => {
  const waiting = isWaiting(assessment);
  const [hasWaited, setHasWaited] = useState(waiting);
  if (waiting && !hasWaited) setHasWaited(true);
  useNextTry(assessment.nextTryAt, reload);
  const isReady = assessment.status === 'COMPLETED';
  return (
    <>
      {/* Rendered from the start: a screen reader announces only changes in an element that it knows. */}
      <p className="visually-hidden" role="status">
        {waiting && lost ? spoken.lost : announcement(assessment)}
      </p>
      {(waiting || (isReady && hasWaited)) && (
        <div className={waiting ? 'state' : 'state state-ready'}>
          {waiting && <div className="state-bar" aria-hidden="true" />}
          <Steps assessment={assessment} />
          <div className="state-text">
            <p className="state-words">{stateText(assessment)}</p>
            {waiting && <p className="hint">{hintOf(assessment, lost)}</p>}
          </div>
          <div className="state-cancel">
            {waiting && <CancelButton id={assessment.id} onChanged={update} onStale={reload} />}
          </div>
        </div>
      )}
      {isReady && !hasWaited && <p className="ready-line">{texts.ready}</p>}
    </>
  );
};

const hintOf = ({ draft }: Assessment, lost: boolean): string => {
  if (lost) return texts.lost;
  return draft ? texts.provisional : texts.hint;
};

/** A moment after the time of the next try, in which it begins. */
const AFTER_TRY_MS = 1_000;

/** Reads the state again once the time of the next try is over: the end of a pause is no change that would be pushed. */
const useNextTry = (nextTryAt: string | null, reload: () => void): void => {
  useEffect(() => {
    if (nextTryAt === null) return undefined;
    const waitMs = Math.max(0, new Date(nextTryAt).getTime() - Date.now()) + AFTER_TRY_MS;
    const timer = setTimeout(reload, Math.min(waitMs, TIMEOUT_MAX_MS));
    return () => clearTimeout(timer);
  }, [nextTryAt, reload]);
};

/** A longer timeout of a browser would fire at once. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;
