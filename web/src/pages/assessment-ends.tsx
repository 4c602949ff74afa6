import { RetryAssessment } from '../api/change.ts';
import type { Assessment, AssessmentView } from '../api/use-assessment.ts';
import { useChange } from '../api/use-change.ts';
import { useFocusRescue } from '../focus-rescue.ts';
import { newSavedAnswers, saveAnswers } from '../form/saved-answers.ts';
import { isAnswers } from '../form/fields.ts';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';

interface EndProps extends Pick<AssessmentView, 'update' | 'reload'> {
  assessment: Assessment;
}

export const Failure = (props: EndProps) => {
  const { failure } = props.assessment;
  return (
    <div className="notice notice-problem" role="alert">
      <h2>This did not work</h2>
      <p dir="auto">{failure?.message ?? 'No result could be made from these answers.'}</p>
      <p>
        {failure?.retryable === false
          ? 'Your answers are kept. You can look at them, change them and send them as a new assessment.'
          : 'Your answers are kept. You can try again with them, or change them and send them as a new assessment.'}
      </p>
      <NextSteps {...props} canRetry={failure?.retryable !== false} />
    </div>
  );
};

export const Cancellation = (props: EndProps) => (
  <div className="notice">
    <p>This assessment was cancelled. Your answers are kept.</p>
    <NextSteps {...props} canRetry />
  </div>
);

const NextSteps = ({ assessment, canRetry, update, reload }: EndProps & { canRetry: boolean }) => {
  const { busy, problem, run } = useChange(RetryAssessment, { onChanged: update, onStale: reload });
  const frame = useFocusRescue<HTMLDivElement>();
  return (
    <div ref={frame}>
      <div className="buttons">
        {canRetry && (
          <button type="button" aria-disabled={busy} onClick={() => void run(assessment.id)}>
            {busy ? 'One moment …' : 'Try again'}
          </button>
        )}
        <button type="button" className={canRetry ? 'button-quiet' : undefined} onClick={() => refill(assessment)}>
          Look at the answers and send again
        </button>
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
};

/** Opens a form with the same answers. Its idempotency key is new, so sending it makes a new assessment. */
const refill = ({ questionnaire, answers }: Assessment) => {
  const saved = newSavedAnswers(questionnaire.version, isAnswers(answers) ? answers : {});
  saveAnswers(sessionStorage, questionnaire.slug, saved);
  navigate(paths.take(questionnaire.slug));
};
