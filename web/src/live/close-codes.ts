/** `ended`: the session has ended. `refused`: another try would be refused, too. */
export type Verdict = 'retry' | 'ended' | 'refused';

/** All other codes are temporary, such as 1001 (the server stops) and 1006 (no network). */
const VERDICTS: Readonly<Record<number, Verdict>> = {
  1009: 'refused', // a message larger than the server's limit
  4400: 'refused', // a message that breaks the protocol
  4401: 'ended',
  4403: 'refused', // the page's origin
  4406: 'refused', // the subprotocol
  4429: 'refused', // too many sockets in this session, until another tab is closed
};

export const verdictOf = (closeCode: number): Verdict => VERDICTS[closeCode] ?? 'retry';

/** The client's own code for a socket that does not answer; graphql-ws uses it, too. */
export const TERMINATED = 4499;
/** RFC 6455: closed without a close frame. */
export const ABNORMAL = 1006;
