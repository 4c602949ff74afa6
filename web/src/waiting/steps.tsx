import type { Assessment } from '../api/use-assessment.ts';
import type { AssessmentStatus } from '../gql/graphql.ts';
import { timeText } from '../moment-text.tsx';
import { resultTexts } from '../texts/result.ts';

const { steps: texts } = resultTexts;

/** The index of the step that is under way; after the last one all are done. */
const CURRENT: Partial<Record<AssessmentStatus, number>> = { SUBMITTED: 1, PROCESSING: 2, COMPLETED: 4 };

type Stepped = Pick<Assessment, 'status' | 'submittedAt' | 'startedAt' | 'endedAt'>;

/** The steps to the result, with the times of those that are done. */
export const Steps = ({ assessment }: { assessment: Stepped }) => {
  const { status, submittedAt, startedAt, endedAt } = assessment;
  const current = CURRENT[status] ?? 0;
  const steps = [
    { name: texts.sent, at: submittedAt },
    { name: texts.inLine, at: startedAt },
    { name: texts.writing, at: null },
    { name: texts.ready, at: endedAt },
  ];
  return (
    <ol className="stages" aria-label={texts.label}>
      {steps.map(({ name, at }, index) => (
        <li
          key={name}
          className={index < current ? 'stage stage-done' : 'stage'}
          aria-current={index === current ? 'step' : undefined}
        >
          {name}
          {index < current && (
            <span className="stage-time">
              <span className="visually-hidden">{texts.done} </span>
              {at !== null && timeText(at)}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
};
