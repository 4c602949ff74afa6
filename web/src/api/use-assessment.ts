import { useCallback, useEffect, useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { graphql } from '../gql/index.ts';
import type { AssessmentQuery, AssessmentStateFragment } from '../gql/graphql.ts';
import { isWaiting, newest } from './assessment.ts';
import type { Connection } from './connection.ts';
import { useLive } from './live.ts';

/** How long to rest before another look when the push does not work. */
const RECHECK_MS = 10_000;

const AssessmentDocument = graphql(`
  query Assessment($id: ID!) {
    assessment(id: $id) {
      ...AssessmentState
      answers
      submittedAt
      questionnaire {
        id
        slug
        version
        language
        title
        areas {
          id
          title
        }
      }
    }
  }
`);

const AssessmentUpdated = graphql(`
  subscription AssessmentUpdated($id: ID!) {
    assessmentUpdated(id: $id) {
      ...AssessmentState
    }
  }
`);

export type Assessment = NonNullable<AssessmentQuery['assessment']>;

export interface AssessmentView {
  /** Null: there is no such assessment in this session. Undefined: not known yet. */
  assessment: Assessment | null | undefined;
  error: CombinedError | undefined;
  /** Takes in what somebody else was told of it: the answer of a mutation. */
  update: (state: AssessmentStateFragment) => void;
  reload: () => void;
}

interface Known {
  /** By the query: also all that never changes. */
  read?: Assessment;
  /** By whoever told it last. */
  state?: AssessmentStateFragment;
}

/**
 * An assessment as it is now, and each change to its end. The query shows where it stands, the subscription brings the
 * rest; it begins with the state as it is then, so the order of the two does not matter.
 */
export const useAssessment = (id: string, connection: Connection): AssessmentView => {
  const live = useLive();
  const [query, execute] = useQuery({ query: AssessmentDocument, variables: { id }, requestPolicy: 'network-only' });
  const [{ read, state }, setKnown] = useState<Known>({});
  const [resting, setResting] = useState(false);
  const update = useCallback(
    (arrived: AssessmentStateFragment) => setKnown((known) => ({ ...known, state: newest(known.state, arrived) })),
    [],
  );
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);

  const answer = query.data?.assessment;
  if (answer && answer !== read) setKnown({ read: answer, state: newest(state, answer) });

  const waiting = isWaiting(state);
  useEffect(() => {
    if (!waiting || resting) return undefined;
    const onError = () => {
      setResting(true);
      reload();
    };
    return live.follow(id, { document: AssessmentUpdated, onUpdate: update, onError });
  }, [live, id, waiting, resting, update, reload]);

  const lost = connection === 'lost';
  useEffect(() => {
    if (!waiting || !(resting || lost)) return undefined;
    const timer = setInterval(() => {
      reload();
      setResting(false);
    }, RECHECK_MS);
    return () => clearInterval(timer);
  }, [waiting, resting, lost, reload]);

  const missing = answer === null && !query.fetching;
  const assessment = read && state ? { ...read, ...state } : undefined;
  return { assessment: missing ? null : assessment, error: assessment ? undefined : query.error, update, reload };
};
