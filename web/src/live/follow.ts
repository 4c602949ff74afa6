import type { Result } from './socket.ts';
import type { LiveDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { LiveError, callListener } from './errors.ts';
import type { SocketKeeper } from './socket-keeper.ts';
import { Subscription } from './subscription.ts';

/** The fields that a document has to select of an assessment; it may select more. */
export interface LiveAssessment {
  id: string;
  version: number;
  status: string;
}

export interface FollowListener<Assessment extends LiveAssessment> {
  /** `subscription ($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { id version status … } } }` */
  document: LiveDocument<{ assessmentUpdated: { assessment: Assessment } | null }>;
  /** First the current state, then each change, the end included. */
  onUpdate: (assessment: Assessment) => void;
  /** Called once, after the last `onUpdate`. */
  onEnd?: (assessment: Assessment) => void;
  /** The assessment could not be followed to its end. The last call. */
  onError: (error: LiveError) => void;
}

const ENDS: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

type Listening = Omit<FollowListener<LiveAssessment>, 'document'>;

export const follow = (
  keeper: SocketKeeper,
  environment: Environment,
  id: string,
  query: string,
  listener: Listening,
) => {
  const isNews = createNewsCheck();
  const next = ({ data, errors }: Result): void => {
    const event = data?.['assessmentUpdated'] as { assessment: LiveAssessment } | null | undefined;
    if (!event) return subscription.retryOrFail(errors);
    const { assessment } = event;
    const isEnd = ENDS.has(assessment.status);
    if (isEnd) subscription.stop();
    if (isNews(assessment)) callListener(() => listener.onUpdate(assessment));
    if (isEnd) listener.onEnd?.(assessment);
  };
  const subscription = new Subscription(keeper, environment, {
    request: () => ({ query, variables: { id } }),
    next,
    errored: (errors) => subscription.retryOrFail(errors),
    // A server that stops closes the socket instead, so this is an error of the server.
    completed: () =>
      subscription.fail(new LiveError('ENDED_EARLY', `The server completed ${id}, which has not ended.`)),
    failed: listener.onError,
  });
  subscription.open();
  return () => subscription.stop();
};

/** Within one version a later arrival is newer. After a reconnect the state arrives again, perhaps unchanged. */
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
