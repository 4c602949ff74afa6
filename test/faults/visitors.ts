import { createClient, type Client as SocketClient } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { COMPLETED, socketUrl, socketWith, type Loose } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';

/** In every free text; it must not appear in any log, message or metric. */
export const SECRET_NOTE = 'a-note-that-must-not-leak';

export type Submission = {
  key: string;
  /** `refused`: surely not stored, by the response. `open`: no final response yet. */
  outcome: 'open' | 'accepted' | 'refused';
  id?: string;
  /** Milliseconds from the first try to the final response. */
  ms?: number;
  tries: number;
  /** Codes of the responses, or names of the errors, in order. */
  responses: string[];
};

/** Events of one subscription, across reconnects. */
export type Followed = { id: string; events: Loose[]; completed: boolean };

const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) { submitAssessment(input: $input) { __typename
  ... on Assessment { id } ... on UserError { message } ... on TooManyAssessmentsError { retryAfterSeconds } } }`;
const REQUEST_MS = 15_000;
/** A closed port. */
const CLOSED_PORT = 'http://127.0.0.1:9';

/** A visitor with a browser, who repeats submissions without a final response at the next api and logs everything. */
export class Visitor {
  readonly submissions: Submission[] = [];
  readonly followed: Followed[] = [];
  readonly sockets: SocketClient[] = [];
  readonly #urls: () => string[];
  readonly #address: string | undefined;
  #cookie = '';
  sessionId = '';
  #requests = 0;
  /** How many sockets were broken by `cutOne`. */
  cuts = 0;
  readonly #open = new Set<WebSocket>();
  /** Close codes of the sockets that had been open. */
  readonly closeCodes: number[] = [];

  #online = true;

  /**
   * @param urls addresses of the api processes that are usable now
   * @param address as a proxy names it; needs TRUSTED_PROXIES
   */
  constructor(urls: () => string[], address?: string) {
    this.#urls = urls;
    this.#address = address;
  }

  get cookie(): string {
    return this.#cookie;
  }

  async startSession(): Promise<this> {
    await until(
      async () => {
        const response = await this.#post('mutation { startSession { session { id } } }', {}).catch(() => undefined);
        if (response?.body.data?.startSession == null) return false;
        this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
        this.sessionId = response.body.data.startSession.session.id;
        return true;
      },
      { label: 'a session', timeoutMs: 30_000, intervalMs: 200 },
    );
    return this;
  }

  /** One try. The outcome stays `open` without a response, or after one that asks for a repeat. */
  async trySubmit(submission: Submission): Promise<void> {
    submission.tries++;
    const answers = { ...wellbeingAnswers, note: SECRET_NOTE };
    const input = { questionnaire: 'wellbeing-check', answers, idempotencyKey: submission.key };
    try {
      const { status, body } = await this.#post(SUBMIT, { input });
      const result = body.data?.submitAssessment;
      const code = body.errors?.[0]?.extensions?.code ?? result?.__typename ?? String(status);
      submission.responses.push(code);
      if (result?.__typename === 'Assessment') {
        submission.outcome = 'accepted';
        submission.id = result.id;
      } else if (result != null) submission.outcome = 'refused';
    } catch (error) {
      submission.responses.push((error as Error).name);
    }
  }

  /** Repeats with the same key until there is a final response. */
  async submit(timeoutMs = 60_000): Promise<Submission> {
    const submission: Submission = { key: randomUUID(), outcome: 'open', tries: 0, responses: [] };
    this.submissions.push(submission);
    const started = performance.now();
    await until(
      async () => {
        await this.trySubmit(submission);
        return submission.outcome !== 'open';
      },
      { label: 'a final response to a submission', timeoutMs, intervalMs: 250 },
    );
    submission.ms = performance.now() - started;
    return submission;
  }

  /** Subscribes to the end, and subscribes again when the connection breaks. */
  follow(id: string): Followed {
    const followed: Followed = { id, events: [], completed: false };
    this.followed.push(followed);
    const client = createClient({
      url: () => socketUrl(this.#online ? this.#next() : CLOSED_PORT),
      webSocketImpl: this.#sockets(),
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) =>
        new Promise((resume) => setTimeout(resume, Math.min(2_000, 100 * 2 ** retries) * Math.random())),
    });
    this.sockets.push(client);
    client.subscribe<Loose>(
      { query: COMPLETED, variables: { id } },
      {
        next: (event) => void followed.events.push(event),
        error: (error) => void followed.events.push({ error: String(error) }),
        complete: () => {
          followed.completed = true;
          void client.dispose();
        },
      },
    );
    return followed;
  }

  /** Breaks one open socket at random, if there is one; its subscription is made again. */
  cutOne(): void {
    const open = [...this.#open];
    const one = open[Math.floor(Math.random() * open.length)];
    if (one === undefined) return;
    one.terminate();
    this.cuts += 1;
  }

  /** Breaks every open socket, and lets none open. */
  async goOffline(): Promise<void> {
    this.#online = false;
    const open = [...this.#open];
    for (const socket of open) socket.terminate();
    await until(() => open.every(({ readyState }) => readyState === WebSocket.CLOSED));
  }

  goOnline(): void {
    this.#online = true;
  }

  async leave(): Promise<void> {
    await Promise.all(this.sockets.map(async (socket) => await socket.dispose()));
  }

  #sockets(): typeof WebSocket {
    const { cookie } = this;
    const remember = (socket: WebSocket): void => {
      this.#open.add(socket);
      let wasOpen = false;
      socket.once('open', () => (wasOpen = true));
      socket.once('close', (code) => {
        this.#open.delete(socket);
        if (wasOpen) this.closeCodes.push(code);
      });
    };
    return class extends socketWith({ cookie }) {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        remember(this);
      }
    } as typeof WebSocket;
  }

  #next(): string {
    const urls = this.#urls();
    return urls[this.#requests++ % urls.length] ?? CLOSED_PORT;
  }

  async #post(query: string, variables: unknown) {
    const response = await fetch(`${this.#next()}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
        ...(this.#address === undefined ? {} : { 'x-forwarded-for': this.#address }),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
}
