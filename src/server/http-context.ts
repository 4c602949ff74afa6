import type { Session } from '../assessments/sessions.ts';
import type { Context, Services, SessionTransport } from '../schema/context.ts';
import { continueTrace, type Trace } from '../trace.ts';
import type { ClientAddress } from './address.ts';
import type { Exchange } from './exchange.ts';
import { required, type SessionEdge } from './session.ts';

type Deps = { services: Services; sessionEdge: SessionEdge; addressOf: ClientAddress };

/** The context of one HTTP request: whose session it is in, by cookie or bearer token. A class, as each request has one. */
export class HttpContext implements Context {
  readonly requestId: string;
  readonly services: Services;
  readonly event = {};
  readonly #deps: Deps;
  readonly #exchange: Exchange;
  #session: Promise<Session | undefined> | undefined;

  constructor(deps: Deps, exchange: Exchange) {
    this.requestId = exchange.response.requestId;
    this.services = deps.services;
    this.#deps = deps;
    this.#exchange = exchange;
  }

  get trace(): Trace {
    const { traceparent } = this.#exchange.request.headers;
    return continueTrace(typeof traceparent === 'string' ? traceparent : undefined, this.requestId);
  }

  get lastEventId(): string | undefined {
    return this.#exchange.request.headers['last-event-id'] as string | undefined;
  }

  async session(): Promise<Session | null> {
    return (await this.#current()) ?? null;
  }

  async requireSession(): Promise<Session> {
    return required(await this.#current());
  }

  requireOperator(): void {
    this.#deps.sessionEdge.requireOperator(this.#exchange.request);
  }

  async startSession(transport: SessionTransport): Promise<{ session: Session; token: string | null }> {
    const existing = transport === 'cookie' ? await this.#current() : undefined;
    if (existing !== undefined) return { session: existing, token: null };
    const { sessionEdge, addressOf } = this.#deps;
    const { cookie, ...started } = await sessionEdge.start(transport, addressOf(this.#exchange.request));
    // What follows in the same operation already acts in the browser's new session.
    if (cookie !== undefined) this.#become(started.session, cookie);
    return started;
  }

  async endSession(): Promise<boolean> {
    const session = await this.#current();
    if (session === undefined) return false;
    this.#become(undefined, await this.#deps.sessionEdge.end(session, this.#exchange.request));
    return true;
  }

  /** One answer, or one event after the other: nothing piles up. */
  readyToSend(): Promise<void> {
    return Promise.resolve();
  }

  #current(): Promise<Session | undefined> {
    return (this.#session ??= this.#deps.sessionEdge.sessionOf(this.#exchange.request));
  }

  #become(session: Session | undefined, cookie: string | undefined): void {
    this.#session = Promise.resolve(session);
    if (cookie !== undefined) this.#exchange.response.appendHeader('set-cookie', cookie);
  }
}
