import type { AssessmentStateFragment } from '../gql/graphql.ts';

type ShownState = Pick<AssessmentStateFragment, 'status' | 'queuePosition' | 'estimatedWaitSeconds'> & {
  draft?: { recommendations: readonly unknown[] } | null;
};

/** The state in a line on screen. It may change every second. */
export const stateText = (assessment: ShownState): string => {
  if (assessment.status === 'SUBMITTED') return queueText(assessment);
  const count = assessment.draft?.recommendations.length ?? 0;
  if (!assessment.draft) return 'Being worked on now';
  return count === 0 ? 'Being written now' : `Being written: ${count} so far`;
};

/** The state for a screen reader, which reads out each change: so it changes seldom. */
export const announcement = ({ status, queuePosition, draft }: ShownState): string => {
  switch (status) {
    case 'SUBMITTED':
      if (queuePosition != null && queuePosition > NEAR) return 'Your answers wait in line.';
      return `Your answers wait: ${queuePosition == null ? 'they have their turn soon' : inLine(queuePosition)}.`;
    case 'PROCESSING':
      if (!draft) return 'Your answers are being worked on.';
      return draft.recommendations.length === 0
        ? 'A first part is shown below.'
        : 'The first recommendations are shown below, and may still change.';
    case 'COMPLETED':
      return 'The result is here.';
    case 'CANCELLED':
      return 'It is cancelled.';
    default:
      return ''; // a failure has an alert of its own
  }
};

/** From this place in line on, the announcement counts down. */
const NEAR = 3;

const queueText = ({ queuePosition, estimatedWaitSeconds }: ShownState): string => {
  if (queuePosition == null) return 'Waiting for its turn';
  const wait = estimatedWaitSeconds == null ? '' : `, ${durationText(estimatedWaitSeconds)}`;
  const place = inLine(queuePosition);
  return `${place.charAt(0).toUpperCase()}${place.slice(1)}${wait}`;
};

const inLine = (position: number): string => (position === 1 ? 'next in line' : `${ordinal(position)} in line`);

const rules = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = (count: number): string => `${count.toLocaleString('en')}${ENDINGS[rules.select(count)] ?? 'th'}`;

/** Rounded as coarsely as the estimate is, otherwise the text would go up and down all the time. */
const durationText = (seconds: number): string => {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 45) return `about ${Math.round(seconds / 10) * 10} seconds`;
  if (seconds < 90) return 'about a minute';
  if (seconds < 50 * 60) return `about ${Math.round(seconds / 60)} minutes`;
  return seconds < 90 * 60 ? 'about an hour' : `about ${Math.round(seconds / 3_600)} hours`;
};
