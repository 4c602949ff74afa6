import type { Result } from './connection.ts';
import type { LiveDocument } from './document.ts';
import type { Environment } from './environment.ts';
import type { LiveError } from './errors.ts';
import type { LiveAssessment } from './follow.ts';
import type { Link } from './link.ts';
import { Seen, type Versioned } from './seen.ts';
import { Subscription } from './subscription.ts';

/** Where to begin: what one query of `session { cursor assessments { nodes { id version … } } }` has answered. */
export interface FinishedSince {
  after: string;
  /** Told of no more: they are on screen. */
  known?: Iterable<Versioned>;
}

export interface FinishedListener<Assessment extends LiveAssessment> extends FinishedSince {
  /**
   * `subscription ($after: String) { assessmentFinished(after: $after) { ... on AssessmentFinished { cursor assessment
   * { id version status … } } ... on InvalidCursorError { message } } }`
   */
  document: LiveDocument<{ assessmentFinished: FinishedEvent<Assessment> }>;
  /** Once for each (id, version). */
  onFinished: (assessment: Assessment) => void;
  /** After what it stands for has been told: a page that keeps it can begin there next time. */
  onCursor?: (cursor: string) => void;
  /** The cursor is too old, or another database's: read the session once more. Repeated, with waits, while it rejects. */
  onInvalidCursor: () => Promise<FinishedSince>;
  /** It can't be watched any more. Nothing comes after it. */
  onError: (error: LiveError) => void;
}

/** The union `AssessmentFinishedEvent`, as a generator writes it for that selection. */
export type FinishedEvent<Assessment> = { cursor: string; assessment: Assessment } | { message?: string };

type Listening = Omit<FinishedListener<LiveAssessment>, 'document'>;

export const watchFinished = (link: Link, environment: Environment, query: string, listener: Listening) => {
  const seen = new Seen();
  let cursor = '';
  const begin = ({ after, known = [] }: FinishedSince): void => {
    cursor = after;
    for (const one of known) seen.add(one);
  };
  const next = ({ data, errors }: Result): void => {
    const event = data?.assessmentFinished as FinishedEvent<LiveAssessment> | null | undefined;
    if (!event) return subscription.retryOrFail(errors);
    if (!('assessment' in event)) return subscription.again(async () => begin(await listener.onInvalidCursor()));
    const isNew = seen.add(event.assessment);
    const isFurther = event.cursor !== cursor;
    cursor = event.cursor;
    if (isNew) listener.onFinished(event.assessment);
    if (isFurther) listener.onCursor?.(cursor);
  };
  const subscription = new Subscription(link, environment, {
    request: () => ({ query, variables: { after: cursor } }),
    next,
    errored: (errors) => subscription.retryOrFail(errors),
    // It has no end of its own.
    completed: () => subscription.again(),
    failed: listener.onError,
  });
  begin(listener);
  subscription.open();
  return () => subscription.stop();
};
