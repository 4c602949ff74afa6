import { useQuery } from 'urql';
import { graphql } from '../gql/index.ts';
import type { SessionState } from './session.ts';

const CurrentSession = graphql(`
  query CurrentSession {
    session {
      id
    }
  }
`);

/**
 * Whether the server knows the session by the browser's cookie. It is asked once: otherwise a form would be filled in that
 * can't be sent. If it can't say, the form is shown.
 */
export const useKeptSession = (session: SessionState): boolean => {
  const isReady = session.phase === 'ready';
  const isKept = isReady && session.kept;
  const [{ error }] = useQuery({ query: CurrentSession, requestPolicy: 'network-only', pause: !isReady || isKept });
  return isKept || (isReady && error !== undefined);
};
