import { createClient, type Client as SocketClient } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { COMPLETED, socketUrl, socketWith, type Loose } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';

/** In every free text, and so must be found in no log, message or metric. */
export const SECRET_NOTE = 'a-note-that-must-not-leak';

export type Submission = {
  key: string;
  /** `refused`: surely not stored, says the answer. `open`: no final answer yet. */
  outcome: 'open' | 'accepted' | 'refused';
  id?: string;
  /** From the first try to the final answer. */
  ms?: number;
  tries: number;
  /** What was told on the way, in order. */
  answers: string[];
};

/** What came over one subscription, across reconnects. */
export type Followed = { id: string; events: Loose[]; completed: boolean };

const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) { submitAssessment(input: $input) { __typename
  ... on Assessment { id } ... on UserError { message } ... on TooManyAssessmentsError { retryAfterSeconds } } }`;
const REQUEST_MS = 15_000;
/** A port at which nobody listens. */
const NOBODY = 'http://127.0.0.1:9';

/** A person with a browser: repeats what is worth repeating, on whatever api answers, and keeps a log of it all. */
export class Visitor {
  readonly submissions: Submission[] = [];
  readonly followed: Followed[] = [];
  readonly sockets: SocketClient[] = [];
  readonly #urls: () => string[];
  #cookie = '';
  sessionId = '';
  #turn = 0;
  readonly #open = new Set<WebSocket>();

  #online = true;

  /** `urls`: of the api processes that one could try now. */
  constructor(urls: () => string[]) {
    this.#urls = urls;
  }

  get cookie(): string {
    return this.#cookie;
  }

  async startSession(): Promise<this> {
    await until(
      async () => {
        const answer = await this.#post('mutation { startSession { session { id } } }', {}).catch(() => undefined);
        if (answer?.body.data?.startSession == null) return false;
        this.#cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
        this.sessionId = answer.body.data.startSession.session.id;
        return true;
      },
      { label: 'a session', timeoutMs: 30_000, intervalMs: 200 },
    );
    return this;
  }

  /** One try. `undefined`: the answer did not come, or said to repeat. */
  async trySubmit(submission: Submission): Promise<void> {
    submission.tries++;
    const answers = { ...wellbeingAnswers, note: SECRET_NOTE };
    const input = { questionnaire: 'wellbeing-check', answers, idempotencyKey: submission.key };
    try {
      const { status, body } = await this.#post(SUBMIT, { input });
      const result = body.data?.submitAssessment;
      const code = body.errors?.[0]?.extensions?.code ?? result?.__typename ?? String(status);
      submission.answers.push(code);
      if (result?.__typename === 'Assessment') {
        submission.outcome = 'accepted';
        submission.id = result.id;
      } else if (result != null) submission.outcome = 'refused';
    } catch (error) {
      submission.answers.push((error as Error).name);
    }
  }

  /** Repeats with the same key until there is a final answer. */
  async submit(timeoutMs = 60_000): Promise<Submission> {
    const submission: Submission = { key: randomUUID(), outcome: 'open', tries: 0, answers: [] };
    this.submissions.push(submission);
    const started = performance.now();
    await until(
      async () => {
        await this.trySubmit(submission);
        return submission.outcome !== 'open';
      },
      { label: 'a final answer to a submission', timeoutMs, intervalMs: 250 },
    );
    submission.ms = performance.now() - started;
    return submission;
  }

  /** Subscribes to the end, and comes back whenever the connection breaks. */
  follow(id: string): Followed {
    const followed: Followed = { id, events: [], completed: false };
    this.followed.push(followed);
    const client = createClient({
      url: () => socketUrl(this.#online ? this.#next() : NOBODY),
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

  /** Every open socket breaks, and none can be opened. */
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
      socket.once('close', () => this.#open.delete(socket));
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
    return urls[this.#turn++ % urls.length] ?? NOBODY;
  }

  async #post(query: string, variables: unknown) {
    const response = await fetch(`${this.#next()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.#cookie === '' ? {} : { cookie: this.#cookie }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
}
