import type { ReactNode } from 'react';
import { isWaiting } from '../api/assessment.ts';
import { errorCode, errorText, requestIdOf } from '../api/errors.ts';
import type { LiveState } from '../api/live-state.ts';
import { useAssessment, type Assessment, type AssessmentView } from '../api/use-assessment.ts';
import { FailedPage } from '../failed-page.tsx';
import { Loading } from '../loading.tsx';
import { fullDayText, MomentText } from '../moment-text.tsx';
import { Link, navigate } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { About } from '../result/about.tsx';
import { Actions } from '../result/actions.tsx';
import { Advice } from '../result/advice.tsx';
import { HelpBox } from '../result/help-box.tsx';
import { ProfileSection } from '../result/profile-section.tsx';
import { useBefore } from '../result/use-before.ts';
import { usePrintOpen } from '../result/use-print.ts';
import { paths } from '../routes.ts';
import { listTexts } from '../texts/index.ts';
import { resultTexts as texts } from '../texts/result.ts';
import { DeleteButton } from '../trust/delete-button.tsx';
import { ProgressCard } from '../waiting/progress-card.tsx';
import { Cancellation, Failure } from './assessment-ends.tsx';
import { DeletedPage } from './deleted-page.tsx';
import { ElsewherePage } from './elsewhere-page.tsx';
import { MissingPage } from './missing-page.tsx';
import '../result/result.css';
import '../result/print.css';

/** One assessment, from its wait to its end, kept up to date without a reload. */
export const AssessmentPage = ({ id, liveState }: { id: string; liveState: LiveState }) => {
  const { assessment, isDeleted, error, update, reload } = useAssessment(id, liveState);
  if (errorCode(error) === 'BAD_USER_INPUT') return <MissingPage>{texts.unknown}</MissingPage>;
  if (isDeleted) return <DeletedPage />;
  if (assessment === null) return <ElsewherePage />;
  if (error) return <FailedPage message={errorText(error)} requestId={requestIdOf(error)} onRetry={reload} />;
  if (!assessment) return <Loading />;
  return (
    <AssessmentSheet assessment={assessment} lost={liveState === 'lost'} update={update} reload={reload}>
      <DeleteButton id={id} onDeleted={() => navigate(paths.list, { replace: true })} />
    </AssessmentSheet>
  );
};

interface SheetProps extends Pick<AssessmentView, 'update' | 'reload'> {
  assessment: Assessment;
  lost: boolean;
  /** Further buttons of an assessment that has ended. */
  children?: ReactNode;
}

/** Progress, profile, advice and what they mean. The profile is there in every state: it needs the answers alone. */
const AssessmentSheet = ({ assessment, lost, update, reload, children }: SheetProps) => {
  const { id, questionnaire, status, submittedAt, help, scores, result, draft } = assessment;
  const before = useBefore(id, questionnaire.slug);
  usePrintOpen();
  const waiting = isWaiting(assessment);
  const actions = { update, reload };
  return (
    <div className="sheet">
      <div className="sheet-head">
        <PageHeading title={titleOf(assessment)} language={questionnaire.language}>
          {questionnaire.title}
        </PageHeading>
        <p className="hint screen-only">
          {texts.sent} <MomentText at={submittedAt} />
        </p>
        <p className="print-only">
          {texts.print(questionnaire.title, fullDayText(submittedAt))} – {location.href}
        </p>
        {help && <HelpBox help={help} language={questionnaire.language} />}
        <ProgressCard assessment={assessment} lost={lost} {...actions} />
        {status === 'FAILED' && <Failure assessment={assessment} {...actions} />}
        {status === 'CANCELLED' && <Cancellation assessment={assessment} {...actions} />}
      </div>
      {scores.length > 0 && (
        <div className="sheet-side">
          <ProfileSection
            scores={scores}
            areas={questionnaire.areas}
            language={questionnaire.language}
            before={before}
          />
        </div>
      )}
      {(waiting || result) && (
        <Advice id={id} result={result} draft={draft} waiting={waiting} questionnaire={questionnaire} />
      )}
      <div className="sheet-foot">
        <About assessment={assessment} />
        {!waiting && <Actions assessment={assessment}>{children}</Actions>}
        <p className="screen-only">
          <Link href={paths.list}>{listTexts.all}</Link> · <Link href={paths.start}>{listTexts.backToStart}</Link>
        </p>
      </div>
    </div>
  );
};

const titleOf = (assessment: Assessment): string => {
  const { title } = assessment.questionnaire;
  switch (assessment.status) {
    case 'COMPLETED':
      return texts.titles.ready(title);
    case 'FAILED':
      return texts.titles.failed(title);
    case 'CANCELLED':
      return texts.titles.cancelled(title);
    default:
      return texts.titles.waiting(title);
  }
};
