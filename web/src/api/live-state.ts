import type { Status } from '../live/index.ts';

/**
 * The state of the socket. `idle`: there is no subscription. `lost`: a subscription waits for the socket to be opened again.
 * `refused`: the server takes no socket of this tab, because the session has too many; the state is asked for over HTTP.
 */
export type LiveState = 'idle' | 'connected' | 'lost' | 'refused';

/** Whether changes come by asking for them. */
export const isPolled = (state: LiveState): boolean => state === 'lost' || state === 'refused';

/** A try to connect changes nothing: a lost or refused socket stays so until another one is connected. */
export const liveStateOf = (status: Status, before: LiveState): LiveState => {
  switch (status.state) {
    case 'connecting':
      return before;
    case 'connected':
      return 'connected';
    case 'ended':
      return status.reason === 'session ended' ? 'idle' : 'refused';
    default:
      return status.state === 'idle' ? 'idle' : 'lost';
  }
};
