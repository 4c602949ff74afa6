import { LiveSocket, type SocketOptions, type Request, type Result } from './socket.ts';
import { textOf } from './document.ts';
import { browserEnvironment, type Environment } from './environment.ts';
import { graphqlError, type LiveError } from './errors.ts';
import { follow, type FollowListener, type LiveAssessment } from './follow.ts';
import { SocketKeeper, type Status } from './socket-keeper.ts';
import type { Store } from './store.ts';
import { Subscription } from './subscription.ts';
import { watchFinished, type FinishedListener } from './watch-finished.ts';

export type { Request } from './socket.ts';

export interface LiveOptions extends SocketOptions {
  /** `ws:`, `wss:`, or as for `fetch`: `http:`, `https:`, or relative to the page. */
  url: string;
  /** `print` of graphql, for documents that are trees. */
  print?: (document: never) => string;
  /** @defaultValue the browser */
  environment?: Environment;
}

export interface Sink {
  next: (result: Result) => void;
  complete: () => void;
  error: (error: LiveError) => void;
}

type Stop = () => void;

export interface Live {
  /** The state of the socket, in the shape of React's `useSyncExternalStore`. */
  status: Pick<Store<Status>, 'get' | 'subscribe'>;
  /** Follows one assessment, from its current state to its end. */
  follow: <Assessment extends LiveAssessment = LiveAssessment>(
    id: string,
    listener: FollowListener<Assessment>,
  ) => Stop;
  /** Watches for assessments of the session that end, across reconnects and reloads. */
  watchFinished: <Assessment extends LiveAssessment = LiveAssessment>(listener: FinishedListener<Assessment>) => Stop;
  /** Any other subscription. It starts again on each new socket, and its results are passed on unchanged. */
  subscribe: (request: Request, sink: Sink) => Stop;
  /** Ends a wait for the next try; for a button. */
  tryNow: () => void;
  /** Closes the socket and drops all listeners, for ever. */
  close: () => void;
}

/** Subscriptions over one WebSocket (`graphql-transport-ws`). It opens for the first one and closes after the last. */
export const createLive = ({
  url,
  connectionParams,
  webSocketImpl,
  print,
  environment = browserEnvironment(),
}: LiveOptions): Live => {
  socketUrl(url, globalThis.location?.href ?? ANY_PAGE);
  const options = {
    // Read for each socket: a module that is imported where a server renders has no location.
    get url() {
      return socketUrl(url);
    },
    connectionParams,
    webSocketImpl,
  };
  const keeper = new SocketKeeper((events) => new LiveSocket(options, environment, events), environment);
  return {
    status: keeper.status,
    // A listener gets the fields that its document selects: a promise of the types that nothing can check here.
    follow: (id, listener) => follow(keeper, environment, id, textOf(listener.document, print), listener as never),
    watchFinished: (listener) =>
      watchFinished(keeper, environment, textOf(listener.document, print), listener as never),
    subscribe: (request, sink) => passOn(keeper, environment, request, sink),
    tryNow: () => keeper.tryNow(),
    close: () => keeper.close(),
  };
};

/** A base for the check of an address where there is no page yet. */
const ANY_PAGE = 'http://page.invalid';

/** @throws TypeError for an invalid address */
const socketUrl = (url: string, base = globalThis.location?.href): string =>
  new URL(url, base).href.replace(/^http/, 'ws');

const passOn = (keeper: SocketKeeper, environment: Environment, request: Request, sink: Sink): Stop => {
  const subscription = new Subscription(keeper, environment, {
    request: () => request,
    next: sink.next,
    errored: (errors) => subscription.fail(graphqlError(errors)),
    completed: () => {
      subscription.stop();
      sink.complete();
    },
    failed: sink.error,
  });
  subscription.open();
  return () => subscription.stop();
};
