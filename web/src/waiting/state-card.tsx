import type { AssessmentView } from '../api/use-assessment.ts';
import { isWaiting } from '../api/assessment.ts';
import type { AssessmentStateFragment } from '../gql/graphql.ts';
import { CancelButton } from './cancel-button.tsx';
import { stateText, announcement } from './state-texts.ts';

interface StateCardProps extends Pick<AssessmentView, 'update' | 'reload'> {
  assessment: AssessmentStateFragment;
  lost: boolean;
}

/**
 * The state of an assessment, from the submission to the result. One box for all states, so that the content below it
 * does not jump when the state changes.
 */
export const StateCard = ({ assessment, lost, update, reload }: StateCardProps) => {
  const waiting = isWaiting(assessment);
  return (
    <>
      {/* Rendered from the start: a screen reader announces only changes in an element that it knows. */}
      <p className="visually-hidden" role="status">
        {waiting && lost ? 'Connection lost. It is being opened again.' : announcement(assessment)}
      </p>
      {waiting && (
        <div className="state">
          <div className="state-bar" aria-hidden="true" />
          <div className="state-line">
            <p className="state-words">{stateText(assessment)}</p>
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
