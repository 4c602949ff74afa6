import { Connection, type ConnectionOptions, type Request, type Result } from './connection.ts';
import { textOf } from './document.ts';
import { browserEnvironment, type Environment } from './environment.ts';
import { graphqlError, type LiveError } from './errors.ts';
import { follow, type FollowListener, type LiveAssessment } from './follow.ts';
import { Link, type Status } from './link.ts';
import type { Store } from './store.ts';
import { Subscription } from './subscription.ts';
import { watchFinished, type FinishedListener } from './watch-finished.ts';

export type { Request } from './connection.ts';

export interface LiveOptions extends ConnectionOptions {
  /** `ws:`, `wss:`, or as for `fetch`: `http:`, `https:`, or relative to the page. */
  url: string;
  /** Of graphql, where the documents are trees. */
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
  /** For everything together; in the shape of React's `useSyncExternalStore`. */
  status: Pick<Store<Status>, 'get' | 'subscribe'>;
  /** One assessment, from its state now to its end. */
  follow: <Assessment extends LiveAssessment = LiveAssessment>(
    id: string,
    listener: FollowListener<Assessment>,
  ) => Stop;
  /** Every assessment of the session that ends, across reconnects and reloads. */
  watchFinished: <Assessment extends LiveAssessment = LiveAssessment>(listener: FinishedListener<Assessment>) => Stop;
  /** Any other subscription. It is begun anew on each connection, and what it gives is passed on as it is. */
  subscribe: (request: Request, sink: Sink) => Stop;
  /** For a button: ends a wait. */
  tryNow: () => void;
  /** Hangs up and forgets all listeners. For good. */
  close: () => void;
}

/** Subscriptions over one WebSocket (`graphql-transport-ws`) that is opened for the first and closed after the last. */
export const createLive = ({
  url,
  connectionParams,
  webSocketImpl,
  print,
  environment = browserEnvironment(),
}: LiveOptions): Live => {
  const options = { url: socketUrl(url), connectionParams, webSocketImpl };
  const link = new Link((events) => new Connection(options, environment, events), environment);
  return {
    status: link.status,
    // What the documents select is what the listeners are told; nothing can check it here.
    follow: (id, listener) => follow(link, environment, id, textOf(listener.document, print), listener as never),
    watchFinished: (listener) => watchFinished(link, environment, textOf(listener.document, print), listener as never),
    subscribe: (request, sink) => passOn(link, environment, request, sink),
    tryNow: () => link.tryNow(),
    close: () => link.close(),
  };
};

/** @throws TypeError for what is no address. */
const socketUrl = (url: string): string => new URL(url, globalThis.location?.href).href.replace(/^http/, 'ws');

const passOn = (link: Link, environment: Environment, request: Request, sink: Sink): Stop => {
  const subscription = new Subscription(link, environment, {
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
