import type { Result } from './connection.ts';
import type { LiveDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { LiveError, tell } from './errors.ts';
import type { Link } from './link.ts';
import { Subscription } from './subscription.ts';

/** What a document has to select of each assessment; it may select more. */
export interface LiveAssessment {
  id: string;
  version: number;
  status: string;
}

export interface FollowListener<Assessment extends LiveAssessment> {
  /** `subscription ($id: ID!) { assessmentUpdated(id: $id) { id version status … } }` */
  document: LiveDocument<{ assessmentUpdated: Assessment }>;
  /** First the state as it is, then each change, the end included. */
  onUpdate: (assessment: Assessment) => void;
  /** After the last `onUpdate`. Nothing comes after it. */
  onEnd?: (assessment: Assessment) => void;
  /** It could not be followed to its end. Nothing comes after it. */
  onError: (error: LiveError) => void;
}

const ENDS: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

type Listening = Omit<FollowListener<LiveAssessment>, 'document'>;

export const follow = (link: Link, environment: Environment, id: string, query: string, listener: Listening) => {
  const isNews = createNewsCheck();
  const next = ({ data, errors }: Result): void => {
    const assessment = data?.assessmentUpdated as LiveAssessment | null | undefined;
    if (!assessment) return subscription.retryOrFail(errors);
    const isEnd = ENDS.has(assessment.status);
    if (isEnd) subscription.stop();
    if (isNews(assessment)) tell(() => listener.onUpdate(assessment));
    if (isEnd) listener.onEnd?.(assessment);
  };
  const subscription = new Subscription(link, environment, {
    request: () => ({ query, variables: { id } }),
    next,
    errored: (errors) => subscription.retryOrFail(errors),
    // A server that stops closes the socket instead: this one has forgotten the rest.
    completed: () => subscription.fail(new LiveError('ENDED_EARLY', `No more is told of ${id}, which has not ended.`)),
    failed: listener.onError,
  });
  subscription.open();
  return () => subscription.stop();
};

/** Within one version what arrives later is newer; after a reconnect the state arrives once more, unchanged or not. */
const createNewsCheck = () => {
  let shownVersion = Number.NEGATIVE_INFINITY;
  let shown = '';
  return (assessment: LiveAssessment): boolean => {
    const text = JSON.stringify(assessment);
    if (assessment.version < shownVersion || text === shown) return false;
    shownVersion = assessment.version;
    shown = text;
    return true;
  };
};
