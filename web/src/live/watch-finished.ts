import type { Result } from './socket.ts';
import type { LiveDocument } from './document.ts';
import type { Environment } from './environment.ts';
import type { LiveError } from './errors.ts';
import type { LiveAssessment } from './follow.ts';
import type { SocketKeeper } from './socket-keeper.ts';
import { SeenVersions, type Versioned } from './seen-versions.ts';
import { Subscription } from './subscription.ts';

/** Where to begin: the data of one query `session { cursor assessments { nodes { id version … } } }`. */
export interface FinishedSince {
  after: string;
  /** Assessments on screen: their versions are not passed to `onFinished`. */
  known?: Iterable<Versioned>;
}

export interface FinishedListener<Assessment extends LiveAssessment> extends FinishedSince {
  /**
   * `subscription ($after: String) { assessmentFinished(after: $after) { cursor assessment { id version status … } } }`
   */
  document: LiveDocument<{ assessmentFinished: FinishedEvent<Assessment> | null }>;
  /** Called once for each (id, version). */
  onFinished: (assessment: Assessment) => void;
  /** Called after `onFinished` of its event. A page that stores the cursor can begin there after a reload. */
  onCursor?: (cursor: string) => void;
  /** The cursor is too old, or from another database: read the session again. Repeated after waits while it rejects. */
  onInvalidCursor: () => Promise<FinishedSince>;
  /** The watch has failed. The last call. */
  onError: (error: LiveError) => void;
}

/** An event as generated for that selection. Both are null after an invalid cursor. */
export type FinishedEvent<Assessment> = { cursor: string | null; assessment: Assessment | null };

type Listening = Omit<FinishedListener<LiveAssessment>, 'document'>;

export const watchFinished = (keeper: SocketKeeper, environment: Environment, query: string, listener: Listening) => {
  const seen = new SeenVersions();
  let cursor = '';
  const begin = ({ after, known = [] }: FinishedSince): void => {
    cursor = after;
    for (const one of known) seen.add(one);
  };
  const next = ({ data, errors }: Result): void => {
    const event = data?.['assessmentFinished'] as FinishedEvent<LiveAssessment> | null | undefined;
    if (!event || (errors && !event.assessment)) return subscription.retryOrFail(errors);
    const { assessment, cursor: reached } = event;
    if (!assessment || reached === null) return subscription.again(async () => begin(await listener.onInvalidCursor()));
    const isNew = seen.add(assessment);
    const isFurther = reached !== cursor;
    cursor = reached;
    if (isNew) listener.onFinished(assessment);
    if (isFurther) listener.onCursor?.(cursor);
  };
  const subscription = new Subscription(keeper, environment, {
    request: () => ({ query, variables: { after: cursor } }),
    next,
    errored: (errors) => subscription.retryOrFail(errors),
    // The subscription never ends by itself.
    completed: () => subscription.again(),
    failed: listener.onError,
  });
  begin(listener);
  subscription.open();
  return () => subscription.stop();
};
