export { createLive, type Live, type LiveOptions, type Request, type Sink } from './live.ts';
export type { LiveDocument, TypedDocument } from './document.ts';
export { browserEnvironment, type Change, type Environment } from './environment.ts';
export { LiveError, type LiveErrorCode, type ServerError } from './errors.ts';
export type { FollowListener, LiveAssessment } from './follow.ts';
export type { FinishedListener, FinishedSince } from './watch-finished.ts';
export type { Status } from './socket-keeper.ts';
export { createStore, type Store } from './store.ts';
