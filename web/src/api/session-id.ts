import { createContext, useContext } from 'react';

const SessionIdContext = createContext<string | undefined>(undefined);

export const SessionIdProvider = SessionIdContext.Provider;

/** The id of this page's session. It is no secret: the cookie has another value. */
export const useSessionId = (): string => {
  const id = useContext(SessionIdContext);
  if (id === undefined) throw new Error('useSessionId is called outside of a SessionIdProvider.');
  return id;
};
