import { useCallback, useEffect, useState } from 'react';
import { stringifyDocument, useQuery, type CombinedError } from 'urql';
import { graphql } from '../gql/index.ts';
import type { AssessmentQuery, AssessmentStateFragment } from '../gql/graphql.ts';
import { isWaiting, newest } from './assessment.ts';
import { isAbsent } from './errors.ts';
import { isPolled, type LiveState } from './live-state.ts';
import { useLive } from './live.ts';

/** Time between two queries while no updates are pushed. */
const RECHECK_MS = 10_000;

const AssessmentById = graphql(`
  query Assessment($id: ID!) {
    session {
      id
      cursor
    }
    assessment(id: $id) {
      ...AssessmentState
      answers
      submittedAt
      help {
        ...HelpWords
      }
      scores {
        ...ProfileScore
      }
      questionnaire {
        id
        slug
        version
        language
        title
        areas {
          ...ProfileArea
        }
      }
    }
  }
`);

const AssessmentUpdated = graphql(`
  subscription AssessmentUpdated($id: ID!) {
    assessmentUpdated(assessmentId: $id) {
      assessment {
        ...AssessmentState
      }
    }
  }
`);

/** `cursor` is null as soon as an assessment of the session was deleted. */
const ListChanged = graphql(`
  subscription ListChanged($after: String!) {
    assessmentFinished(after: $after) {
      cursor
    }
  }
`);
const LIST_CHANGED = stringifyDocument(ListChanged);

export type Assessment = NonNullable<AssessmentQuery['assessment']>;

export interface AssessmentView {
  /** Null: the session has no such assessment. Undefined: still loading. */
  assessment: Assessment | null | undefined;
  /** There is no such assessment any more: it was deleted while it was shown. */
  isDeleted: boolean;
  error: CombinedError | undefined;
  /** Adds a state that did not come from here, such as the payload of a mutation. */
  update: (state: AssessmentStateFragment) => void;
  reload: () => void;
}

interface Snapshot {
  /** The session has no such assessment, and never will have: ids are not used again. */
  isMissing?: boolean;
  /** From the query: it also has the fields that never change. */
  queried?: Assessment;
  /** The newest state, from the query, the subscription or a mutation. */
  state?: AssessmentStateFragment;
}

/**
 * An assessment, kept up to date until it ends. The query reads its state now, the subscription brings the changes. The
 * subscription begins with the current state, so the order of the two does not matter.
 */
export const useAssessment = (id: string, liveState: LiveState): AssessmentView => {
  const live = useLive();
  const [query, execute] = useQuery({ query: AssessmentById, variables: { id }, requestPolicy: 'network-only' });
  const [{ queried, state, isMissing = false }, setSnapshot] = useState<Snapshot>({});
  const [resting, setResting] = useState(false);
  const update = useCallback(
    (arrived: AssessmentStateFragment) =>
      setSnapshot((before) => ({ ...before, state: newest(before.state, arrived) })),
    [],
  );
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);

  const found = query.data?.assessment;
  if (found && found !== queried) setSnapshot({ queried: found, state: newest(state, found) });

  if (!isMissing && isAbsent(query, 'assessment') && !query.fetching)
    setSnapshot((before) => ({ ...before, isMissing: true }));

  const waiting = isWaiting(state) && !isMissing;
  useEffect(() => {
    if (!waiting || resting) return undefined;
    const onError = () => {
      setResting(true);
      reload();
    };
    return live.follow(id, { document: AssessmentUpdated, onUpdate: update, onError });
  }, [live, id, waiting, resting, update, reload]);

  const cursor = query.data?.session?.cursor;
  const hasEnded = state !== undefined && !waiting && !isMissing;
  useEffect(() => {
    if (!hasEnded || cursor === undefined) return undefined;
    const request = { query: LIST_CHANGED, variables: { after: cursor } };
    const next = ({ data }: { data?: Record<string, unknown> | null }) => {
      const event = data?.assessmentFinished;
      if (typeof event === 'object' && event !== null && 'cursor' in event && event.cursor === null) reload();
    };
    // Without this subscription the page is as it was when it was loaded.
    return live.subscribe(request, { next, complete: () => {}, error: () => {} });
  }, [live, hasEnded, cursor, reload]);

  const polled = resting || isPolled(liveState);
  useEffect(() => {
    if (!waiting || !polled) return undefined;
    const timer = setInterval(() => {
      reload();
      setResting(false);
    }, RECHECK_MS);
    return () => clearInterval(timer);
  }, [waiting, polled, reload]);

  const assessment = queried && state ? { ...queried, ...state } : undefined;
  return {
    assessment: isMissing ? null : assessment,
    isDeleted: isMissing && queried !== undefined,
    error: assessment ? undefined : query.error,
    update,
    reload,
  };
};
