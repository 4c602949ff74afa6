import type { Status } from '../live/index.ts';

/** `idle`: nobody listens. `lost`: somebody listens, and the socket is being opened again. */
export type Connection = 'idle' | 'connected' | 'lost';

/** A try changes nothing: a lost connection is lost until there is another one. */
export const connectionOf = (status: Status, before: Connection): Connection => {
  switch (status.state) {
    case 'connecting':
      return before;
    case 'connected':
      return 'connected';
    case 'ended':
      return status.reason === 'session ended' ? 'idle' : 'lost';
    default:
      return status.state === 'idle' ? 'idle' : 'lost';
  }
};
