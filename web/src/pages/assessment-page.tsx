import type { LiveState } from '../api/live-state.ts';
import { errorCode, errorText, requestIdOf } from '../api/errors.ts';
import { isWaiting } from '../api/assessment.ts';
import { useAssessment, type Assessment } from '../api/use-assessment.ts';
import { FailedPage } from '../failed-page.tsx';
import { Loading } from '../loading.tsx';
import { MomentText } from '../moment-text.tsx';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { Result } from '../result/result.tsx';
import { paths } from '../routes.ts';
import { StateCard } from '../waiting/state-card.tsx';
import { Cancellation, Failure } from './assessment-ends.tsx';
import { MissingPage } from './missing-page.tsx';

/** One assessment, from its wait to its end, kept up to date without a reload. */
export const AssessmentPage = ({ id, liveState }: { id: string; liveState: LiveState }) => {
  const { assessment, error, update, reload } = useAssessment(id, liveState);
  if (assessment === null || errorCode(error) === 'BAD_USER_INPUT') {
    return <MissingPage>There is no such assessment among yours.</MissingPage>;
  }
  if (error) return <FailedPage message={errorText(error)} requestId={requestIdOf(error)} onRetry={reload} />;
  if (!assessment) return <Loading />;

  const { questionnaire, status, submittedAt, result, draft } = assessment;
  const actions = { update, reload };
  return (
    <>
      <PageHeading title={`${titlePrefix(assessment)}${questionnaire.title}`} language={questionnaire.language}>
        {questionnaire.title}
      </PageHeading>
      <p className="hint">
        Sent <MomentText at={submittedAt} />
      </p>
      <StateCard assessment={assessment} lost={liveState === 'lost'} {...actions} />
      {(result ?? draft) && <Result result={result} draft={draft} questionnaire={questionnaire} />}
      {status === 'FAILED' && <Failure assessment={assessment} {...actions} />}
      {status === 'CANCELLED' && <Cancellation assessment={assessment} {...actions} />}
      <p>
        <Link href={paths.start}>Back to the start</Link>
      </p>
    </>
  );
};

const titlePrefix = (assessment: Assessment): string => {
  if (assessment.status === 'COMPLETED') return 'Ready: ';
  return isWaiting(assessment) ? 'Waiting: ' : '';
};
