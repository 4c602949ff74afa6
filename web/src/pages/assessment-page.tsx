import type { Connection } from '../api/socket.ts';
import { errorCode, errorText } from '../api/errors.ts';
import { isWaiting, useAssessment } from '../api/use-assessment.ts';
import { newDraft, saveDraft } from '../form/draft.ts';
import { isAnswers } from '../form/fields.ts';
import type { AssessmentPartsFragment } from '../gql/graphql.ts';
import { MomentText } from '../moment-text.tsx';
import { Link, navigate } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { Problem } from '../problem.tsx';
import { Result } from '../result/result.tsx';
import { paths } from '../routes.ts';
import { MissingPage } from './missing-page.tsx';

/** One assessment: waiting, then its end, which arrives by itself. */
export const AssessmentPage = ({ id, connection }: { id: string; connection: Connection }) => {
  const { assessment, error, reload } = useAssessment(id, connection);
  if (assessment === null || errorCode(error) === 'BAD_USER_INPUT') {
    return <MissingPage>There is no such assessment among yours.</MissingPage>;
  }
  if (error) return <Problem message={errorText(error)} onRetry={reload} />;
  if (!assessment) return <p role="status">Loading …</p>;

  const { questionnaire, status, submittedAt, result } = assessment;
  return (
    <>
      <PageHeading title={`${titlePrefix(status)}${questionnaire.title}`} language={questionnaire.language}>
        {questionnaire.title}
      </PageHeading>
      <p className="hint">
        Sent <MomentText at={submittedAt} />
      </p>
      {/* Stands here from the first moment on, otherwise a screen reader would not read out what arrives in it. */}
      <div role="status">
        {isWaiting(assessment) && <Waiting lost={connection === 'lost'} />}
        {result && <p className="notice">Your result is ready.</p>}
      </div>
      {result && <Result result={result} language={questionnaire.language} />}
      {status === 'FAILED' && <Failure assessment={assessment} />}
      {status === 'CANCELLED' && <Cancellation assessment={assessment} />}
      <p>
        <Link href={paths.start}>Back to the start</Link>
      </p>
    </>
  );
};

const titlePrefix = (status: AssessmentPartsFragment['status']): string => {
  if (status === 'COMPLETED') return 'Ready: ';
  return status === 'SUBMITTED' || status === 'PROCESSING' ? 'Waiting: ' : '';
};

const Waiting = ({ lost }: { lost: boolean }) => (
  <div className="waiting">
    <div className="waiting-bar" aria-hidden="true" />
    <p>Your answers have arrived, and your result is being prepared. It appears here by itself.</p>
    <p className="hint">
      {lost
        ? 'The connection is lost at the moment. Nothing is lost with it: it is being opened again.'
        : 'You may close this page: you find the result under “Your assessments” when you come back.'}
    </p>
  </div>
);

interface EndProps {
  assessment: AssessmentPartsFragment;
}

const Failure = ({ assessment }: EndProps) => (
  <div className="notice notice-problem" role="alert">
    <h2>This did not work</h2>
    <p dir="auto">{assessment.failure?.message ?? 'No result could be made from these answers.'}</p>
    <p>
      {assessment.failure?.retryable === false
        ? 'Your answers are kept. You can look at them, change them and send them as a new assessment.'
        : 'Your answers are kept. You can send them again, as they are or changed.'}
    </p>
    <SendAgain assessment={assessment} />
  </div>
);

const Cancellation = ({ assessment }: EndProps) => (
  <div className="notice">
    <p>This assessment was cancelled.</p>
    <SendAgain assessment={assessment} />
  </div>
);

/** Fills a new form with the same answers: it has a key of its own, so it makes a new assessment. */
const SendAgain = ({ assessment: { questionnaire, answers } }: EndProps) => {
  const refill = () => {
    const kept = isAnswers(answers) ? answers : {};
    saveDraft(sessionStorage, questionnaire.slug, newDraft(questionnaire.version, kept));
    navigate(paths.take(questionnaire.slug));
  };
  return (
    <button type="button" onClick={refill}>
      Look at the answers and send again
    </button>
  );
};
