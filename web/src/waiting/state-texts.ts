import type { AssessmentStateFragment } from '../gql/graphql.ts';
import { timeText } from '../moment-text.tsx';
import { resultTexts } from '../texts/result.ts';

const { waiting: texts, durations, spoken } = resultTexts;

export type ShownState = Pick<
  AssessmentStateFragment,
  'status' | 'queuePosition' | 'estimatedResultSeconds' | 'nextTryAt'
> & {
  draft?: { recommendations: readonly unknown[] } | null;
};

/** The state in a line on screen. It may change every second. */
export const stateText = (assessment: ShownState): string => {
  if (assessment.status === 'SUBMITTED') return queueText(assessment);
  if (assessment.status === 'COMPLETED') return texts.ready;
  const count = assessment.draft?.recommendations.length ?? 0;
  if (!assessment.draft) return texts.begun;
  return count === 0 ? texts.writing : texts.written(count);
};

/** The state for a screen reader, which reads out each change: so it changes seldom. */
export const announcement = ({ status, queuePosition, nextTryAt, draft }: ShownState): string => {
  switch (status) {
    case 'SUBMITTED':
      if (nextTryAt !== null) return spoken.busy;
      if (queuePosition === null) return spoken.soon;
      return queuePosition > NEAR ? spoken.farInLine : spoken.inLine(queuePosition);
    case 'PROCESSING':
      if (!draft) return spoken.begun;
      return draft.recommendations.length === 0 ? spoken.firstPart : spoken.firstAdvice;
    case 'COMPLETED':
      return spoken.ready;
    case 'CANCELLED':
      return spoken.cancelled;
    default:
      return ''; // a failure has an alert of its own
  }
};

/** From this place in line on, the announcement counts down. */
const NEAR = 3;

const queueText = ({ queuePosition, estimatedResultSeconds, nextTryAt }: ShownState): string => {
  if (nextTryAt !== null) return texts.busy(timeText(nextTryAt));
  const words = queuePosition === null ? texts.anyPlace : texts.place(queuePosition);
  if (queuePosition === null || estimatedResultSeconds === null) return words;
  return texts.until(words, durationText(estimatedResultSeconds));
};

/** Always rounded up, and as coarsely as the estimate is: otherwise the text would go up and down all the time. */
export const durationText = (seconds: number): string => {
  if (seconds <= 30) return durations.seconds(Math.max(5, upTo(5, seconds)));
  if (seconds <= 50) return durations.seconds(upTo(10, seconds));
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 10) return durations.minutes(minutes);
  return minutes <= 55 ? durations.minutes(upTo(5, minutes)) : durations.hours(Math.ceil(minutes / 60));
};

const upTo = (step: number, value: number): number => Math.ceil(value / step) * step;
