/** `ended`: the session is over. `refused`: the same client would be refused again. */
export type Verdict = 'retry' | 'ended' | 'refused';

/** Every other code, 1001 and 1006 above all, is a server or a network that comes back. */
const VERDICTS: Readonly<Record<number, Verdict>> = {
  1009: 'refused', // a document or variables of more than the server takes
  4400: 'refused', // a message that is none of the protocol
  4401: 'ended',
  4403: 'refused', // the page's origin
  4406: 'refused', // the subprotocol
  4429: 'refused', // too many sockets in this session; it may have one again when another tab is closed
};

export const verdictOf = (closeCode: number): Verdict => VERDICTS[closeCode] ?? 'retry';

/** The client's own, for a socket that is given up; graphql-ws uses it too. */
export const TERMINATED = 4499;
/** RFC 6455: closed without a code having been seen. */
export const ABNORMAL = 1006;
