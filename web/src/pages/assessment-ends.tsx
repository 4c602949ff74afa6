import { RetryAssessment } from '../api/change.ts';
import type { Assessment, AssessmentView } from '../api/use-assessment.ts';
import { useChange } from '../api/use-change.ts';
import { useSessionId } from '../api/session-id.ts';
import { useFocusRescue } from '../focus-rescue.ts';
import { isAnswers } from '../form/answers.ts';
import { deviceStorage } from '../form/device-storage.ts';
import { loadDraft, newDraft, saveDraft } from '../form/drafts.ts';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { Said } from '../said.tsx';
import { serverWords } from '../texts/server-words.ts';
import { resultTexts } from '../texts/result.ts';

const { ends: texts } = resultTexts;

interface EndProps extends Pick<AssessmentView, 'update' | 'reload'> {
  assessment: Assessment;
}

export const Failure = (props: EndProps) => {
  const { id, failure } = props.assessment;
  return (
    <div className="notice notice-problem">
      <div role="alert">
        <h2>{texts.failedHeading}</h2>
        <p>{failure ? <Said words={texts.failures[failure.code] ?? serverWords(failure.message)} /> : texts.failed}</p>
        <p>{failure?.retryable === false ? texts.keptForChange : texts.keptForRetry}</p>
      </div>
      <NextSteps {...props} canRetry={failure?.retryable !== false} />
      <details className="details">
        <summary>{texts.details}</summary>
        <dl>
          <dt>{texts.code}</dt>
          <dd>{failure?.code}</dd>
          <dt>{texts.assessment}</dt>
          <dd>{id}</dd>
        </dl>
      </details>
    </div>
  );
};

export const Cancellation = (props: EndProps) => (
  <div className="notice">
    <p>{texts.cancelled}</p>
    <NextSteps {...props} canRetry />
  </div>
);

const NextSteps = ({ assessment, canRetry, update, reload }: EndProps & { canRetry: boolean }) => {
  const { busy, problem, run } = useChange(RetryAssessment, { onChanged: update, onStale: reload });
  const session = useSessionId();
  const frame = useFocusRescue<HTMLDivElement>();
  return (
    <div ref={frame}>
      <div className="buttons">
        {canRetry && (
          <button type="button" aria-disabled={busy} onClick={() => void run(assessment.id)}>
            {busy ? texts.busy : texts.retry}
          </button>
        )}
        <button
          type="button"
          className={canRetry ? 'button-quiet' : undefined}
          onClick={() => refill(session, assessment)}
        >
          {texts.refill}
        </button>
      </div>
      {problem && (
        <p className="problem" role="alert">
          <Said words={problem} />
        </p>
      )}
    </div>
  );
};

/**
 * Opens a form with the same answers, as a draft of its own: a form that was begun keeps its answers. Its idempotency key is
 * new, so sending it makes a new assessment.
 */
const refill = (session: string, { id, questionnaire: { slug, version }, answers }: Assessment) => {
  const place = { session, slug, version, from: id };
  if (!loadDraft(deviceStorage, place)) saveDraft(deviceStorage, place, newDraft(isAnswers(answers) ? answers : {}));
  navigate(paths.take(slug, { from: id }));
};
