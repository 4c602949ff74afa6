import { createLive, type Live, type Status } from '../live/index.ts';
import type { Store } from '../store.ts';

/** `idle`: nobody listens. `lost`: somebody listens, and the socket is being opened again. */
export type Connection = 'idle' | 'connected' | 'lost';

interface SocketOptions {
  connection: Store<Connection>;
  onSessionEnded: () => void;
}

/** The live client of one session, whose status is told in the words of the page. */
export const openSocket = ({ connection, onSessionEnded }: SocketOptions): Live => {
  const live = createLive({ url: '/graphql' });
  live.status.subscribe(() => {
    const status = live.status.get();
    connection.set(connectionOf(status, connection.get()));
    if (status.state === 'ended' && status.reason === 'session ended') onSessionEnded();
  });
  return live;
};

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
