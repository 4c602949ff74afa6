import type { AssessmentStateFragment } from '../gql/graphql.ts';

type Progress = Pick<AssessmentStateFragment, 'status' | 'queuePosition' | 'estimatedWaitSeconds'> & {
  draft?: { recommendations: readonly unknown[] } | null;
};

/** What is going on, in a line: for the eye, so it may change every second. */
export const progressWords = (progress: Progress): string => {
  if (progress.status === 'SUBMITTED') return placeWords(progress);
  const count = progress.draft?.recommendations.length ?? 0;
  if (!progress.draft) return 'Being worked on now';
  return count === 0 ? 'Being written now' : `Being written: ${count} so far`;
};

/** The same for the ear: it changes only where somebody who listens would want to be told. */
export const spokenWords = ({ status, queuePosition, draft }: Progress): string => {
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
      return ''; // a failure is an alert of its own
  }
};

/** From here on it is soon enough to count. */
const NEAR = 3;

const placeWords = ({ queuePosition, estimatedWaitSeconds }: Progress): string => {
  if (queuePosition == null) return 'Waiting for its turn';
  const wait = estimatedWaitSeconds == null ? '' : `, ${durationWords(estimatedWaitSeconds)}`;
  const place = inLine(queuePosition);
  return `${place.charAt(0).toUpperCase()}${place.slice(1)}${wait}`;
};

const inLine = (position: number): string => (position === 1 ? 'next in line' : `${ordinal(position)} in line`);

const rules = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = (count: number): string => `${count.toLocaleString('en')}${ENDINGS[rules.select(count)] ?? 'th'}`;

/** No more exact than the estimate is, otherwise it would count up and down before the reader's eyes. */
const durationWords = (seconds: number): string => {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 45) return `about ${Math.round(seconds / 10) * 10} seconds`;
  if (seconds < 90) return 'about a minute';
  if (seconds < 50 * 60) return `about ${Math.round(seconds / 60)} minutes`;
  return seconds < 90 * 60 ? 'about an hour' : `about ${Math.round(seconds / 3_600)} hours`;
};
