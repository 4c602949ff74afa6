import type { Status } from '../live/index.ts';

/** The state of the socket. `idle`: there is no subscription. `lost`: a subscription waits for the socket to be opened again. */
export type LiveState = 'idle' | 'connected' | 'lost';

/** A try to connect changes nothing: a lost socket stays lost until another one is connected. */
export const liveStateOf = (status: Status, before: LiveState): LiveState => {
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
