import type { AssessmentView } from '../api/use-assessment.ts';
import { isWaiting } from '../api/assessment.ts';
import type { AssessmentStateFragment } from '../gql/graphql.ts';
import { CancelButton } from './cancel-button.tsx';
import { progressWords, spokenWords } from './words.ts';

interface StateCardProps extends Pick<AssessmentView, 'update' | 'reload'> {
  assessment: AssessmentStateFragment;
  lost: boolean;
}

/**
 * How it stands, from the first moment to the result, in one box at one place: what is written below it does not jump
 * when one follows the other.
 */
export const StateCard = ({ assessment, lost, update, reload }: StateCardProps) => {
  const waiting = isWaiting(assessment);
  return (
    <>
      {/* Stands here from the first moment on, otherwise a screen reader would not read out what arrives in it. */}
      <p className="visually-hidden" role="status">
        {waiting && lost ? 'Connection lost. It is being opened again.' : spokenWords(assessment)}
      </p>
      {waiting && (
        <div className="state">
          <div className="state-bar" aria-hidden="true" />
          <div className="state-line">
            <p className="state-words">{progressWords(assessment)}</p>
            <CancelButton id={assessment.id} onChanged={update} onStale={reload} />
          </div>
          <p className="hint">{hintOf(assessment, lost)}</p>
        </div>
      )}
      {assessment.status === 'COMPLETED' && (
        <div className="state">
          <div className="state-line">
            <p className="state-words">Your result is ready.</p>
          </div>
          <p className="hint">You find it again under “Your assessments”.</p>
        </div>
      )}
    </>
  );
};

const hintOf = ({ draft }: AssessmentStateFragment, lost: boolean): string => {
  if (lost) return 'The connection is lost at the moment. Nothing is lost with it: it is being opened again.';
  return draft
    ? 'Provisional: it may change until it is complete.'
    : 'Your result appears here by itself. You may close this page and come back: it is kept.';
};
