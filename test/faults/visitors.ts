import { createClient, type Client as SocketClient } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { COMPLETED, outcomeIn, socketUrl, socketWith, type Loose } from '../support/client.ts';
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

/** By the subscription to the end alone, or to every change. */
export type Watch = 'end' | 'changes';

/** The ends that one subscription was told, across reconnects: the assessment, or an event without one. */
export type Followed = {
  id: string;
  watch: Watch;
  ends: Loose[];
  completed: boolean;
  /** The newest version that it was told. */
  version: number;
  /** Number of states that came after a newer one. */
  setBack: number;
};

/** `open`: no final response yet. `late`: the assessment had ended already. */
export type Cancellation = { id: string; outcome: 'open' | 'cancelled' | 'late' | 'NotFoundError'; tries: number };

const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) { submitAssessment(input: $input) {
  assessment { __typename id } errors { __typename message ... on TooManyAssessmentsError { retryAfterSeconds } } } }`;
const CANCEL = `mutation Cancel($id: ID!) { cancelAssessment(id: $id) {
  assessment { __typename status } errors { __typename message } } }`;
const UPDATED = `subscription Updated($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { id status version round
  draft { summary } result { summary recommendations { title } } failure { code message retryable } } } }`;
const OPEN_STATES = ['SUBMITTED', 'PROCESSING'];
const REQUEST_MS = 15_000;
/** A closed port. */
const CLOSED_PORT = 'http://127.0.0.1:9';

/** A visitor with a browser, who repeats submissions without a final response at the next api and logs everything. */
export class Visitor {
  readonly submissions: Submission[] = [];
  readonly cancellations: Cancellation[] = [];
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
  async trySubmit(submission: Submission, watch = false): Promise<void> {
    submission.tries++;
    const answers = { ...wellbeingAnswers, note: SECRET_NOTE };
    const input = { questionnaire: 'wellbeing-check', answers, idempotencyKey: submission.key, watch };
    try {
      const { status, body } = await this.#post(SUBMIT, { input });
      const payload = body.data?.submitAssessment;
      const result = payload && outcomeIn(payload);
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
  async submit(timeoutMs = 60_000, watch: Watch = 'end'): Promise<Submission> {
    const submission: Submission = { key: randomUUID(), outcome: 'open', tries: 0, responses: [] };
    this.submissions.push(submission);
    const started = performance.now();
    await until(
      async () => {
        await this.trySubmit(submission, watch === 'changes');
        return submission.outcome !== 'open';
      },
      { label: 'a final response to a submission', timeoutMs, intervalMs: 250 },
    );
    submission.ms = performance.now() - started;
    return submission;
  }

  /** Asks for a cancellation until there is a final response. */
  async cancel(id: string, timeoutMs = 60_000): Promise<Cancellation> {
    const cancellation: Cancellation = { id, outcome: 'open', tries: 0 };
    this.cancellations.push(cancellation);
    await until(
      async () => {
        const response = await this.#post(CANCEL, { id }).catch(() => undefined);
        const payload = response?.body.data?.cancelAssessment;
        const kind = payload && outcomeIn(payload).__typename;
        cancellation.tries++;
        if (kind === 'Assessment') cancellation.outcome = 'cancelled';
        else if (kind === 'NotCancellableError') cancellation.outcome = 'late';
        else if (kind === 'NotFoundError') cancellation.outcome = kind;
        return cancellation.outcome !== 'open';
      },
      { label: 'a final response to a cancellation', timeoutMs, intervalMs: 250 },
    );
    return cancellation;
  }

  /** Subscribes, and subscribes again when the connection breaks, until it was told the end. */
  follow(id: string, watch: Watch = 'end'): Followed {
    const followed: Followed = { id, watch, ends: [], completed: false, version: 0, setBack: 0 };
    this.followed.push(followed);
    const client = createClient({
      url: () => socketUrl(this.#online ? this.#next() : CLOSED_PORT),
      webSocketImpl: this.#sockets(),
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => followed.ends.length === 0,
      retryWait: (retries) =>
        new Promise((resume) => setTimeout(resume, Math.min(2_000, 100 * 2 ** retries) * Math.random())),
    });
    this.sockets.push(client);
    const over = (): void => {
      followed.completed = true;
      void client.dispose();
    };
    client.subscribe<Loose>(
      { query: watch === 'end' ? COMPLETED : UPDATED, variables: { id } },
      {
        next: (event) => {
          const assessment =
            event.data?.recommendationCompleted?.assessment ?? event.data?.assessmentUpdated?.assessment;
          if (assessment?.version < followed.version) followed.setBack++;
          else followed.version = assessment?.version ?? followed.version;
          if (!OPEN_STATES.includes(assessment?.status)) followed.ends.push(assessment ?? event);
        },
        error: (error) => {
          // A socket that is cut after the end: there is nothing left to be told.
          if (followed.ends.length > 0) return over();
          followed.ends.push({ error: String(error) });
        },
        complete: over,
      },
    );
    return followed;
  }

  /** Breaks open sockets without a closing handshake, each by a draw of its own. Returns their number. */
  cut(isCut: () => boolean): number {
    const sockets = this.#connected.filter(isCut);
    for (const socket of sockets) socket.terminate();
    return sockets.length;
  }

  get openSockets(): number {
    return this.#connected.length;
  }

  get #connected(): WebSocket[] {
    return [...this.#open].filter(({ readyState }) => readyState === WebSocket.OPEN);
  }

  /** Breaks one open socket at random, if there is one; its subscription is made again. */
  cutOne(): void {
    const open = this.#connected;
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
