import { EventEmitter, once } from 'node:events';
import type { OutputSchema } from './sample.ts';

export type ChatRequest = {
  model?: string;
  messages?: readonly { role: string; content: unknown }[];
  response_format?: { type: string; json_schema?: { name: string; schema?: OutputSchema } };
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
};

/** The parts of the header `Idempotency-Key: <assessment id>:<prompt version>:<round>:<0|1>`. */
export type CallKey = { assessmentId: string; promptVersion: string; round: number; repair: boolean };

/**
 * `open`: undecided. `answered`: the whole reply was sent. `refused`: an error status. `hung`: nothing was sent. `cut`: the
 * model broke the connection. `aborted`: the client broke it before the whole reply was sent.
 */
export type Outcome = 'open' | 'answered' | 'refused' | 'hung' | 'cut' | 'aborted';

export type Call = {
  /** 1 for the first call. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The unparsed header. */
  readonly idempotencyKey: string | undefined;
  /** Undefined if the header is missing or malformed. */
  readonly key: CallKey | undefined;
  readonly assessmentId: string | undefined;
  readonly body: ChatRequest;
  readonly stream: boolean;
  readonly authorization: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  outcome: Outcome;
  /** Whether a provider would charge for it: `no` only for refused calls, `maybe` while it is unknown. */
  charged: 'yes' | 'no' | 'maybe';
  /** The response is closed, by either side. */
  closed: boolean;
};

const WAIT_MS = 20_000;

/** Every call in the order of arrival, with waits for their outcomes. */
export class Ledger {
  readonly calls: Call[] = [];
  inFlight = 0;
  peakInFlight = 0;
  readonly #changes = new EventEmitter<{ change: [] }>().setMaxListeners(0);

  record(headers: NodeJS.Dict<string | string[]>, body: ChatRequest): Call {
    const idempotencyKey = headers['idempotency-key']?.toString();
    const key = parseKey(idempotencyKey);
    const call: Call = {
      number: this.calls.length + 1,
      at: Date.now(),
      idempotencyKey,
      key,
      assessmentId: key?.assessmentId,
      body,
      stream: body.stream === true,
      authorization: headers['authorization']?.toString(),
      headers,
      outcome: 'open',
      charged: 'maybe',
      closed: false,
    };
    this.calls.push(call);
    this.inFlight += 1;
    this.peakInFlight = Math.max(this.peakInFlight, this.inFlight);
    this.#changes.emit('change');
    return call;
  }

  update(call: Call, change: Partial<Pick<Call, 'outcome' | 'charged' | 'closed'>>): void {
    Object.assign(call, change);
    if (change.closed) this.inFlight -= 1;
    this.#changes.emit('change');
  }

  callsFor(assessmentId: string, round?: number): Call[] {
    return this.calls.filter(
      (call) => call.assessmentId === assessmentId && (round === undefined || call.key?.round === round),
    );
  }

  /** Calls that were or may have been charged: the upper bound of an assessment's cost. */
  paidFor(assessmentId: string, round?: number): Call[] {
    return this.callsFor(assessmentId, round).filter((call) => call.charged !== 'no');
  }

  /** Resolves as soon as the condition holds; checked at every change, so none is missed. */
  async waitFor(condition: () => boolean, label: string, timeoutMs = WAIT_MS): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one change after another
      while (!condition()) await once(this.#changes, 'change', { signal });
    } catch (cause) {
      const seen = this.calls.map((call) => `${call.idempotencyKey ?? 'no key'} ${call.outcome}`).slice(-20);
      throw new Error(
        `the model waited ${timeoutMs} ms in vain for ${label}; it saw: ${seen.join(', ') || 'nothing'}`,
        {
          cause,
        },
      );
    }
  }

  /** Resolves to the first `count` calls, of the given assessment if any. */
  async waitForCalls(count: number, { assessmentId, timeoutMs }: WaitForCalls = {}): Promise<Call[]> {
    const found = (): Call[] => (assessmentId === undefined ? this.calls : this.callsFor(assessmentId));
    await this.waitFor(() => found().length >= count, `${count} calls`, timeoutMs);
    return found().slice(0, count);
  }
}

export type WaitForCalls = { assessmentId?: string; timeoutMs?: number };

function parseKey(header: string | undefined): CallKey | undefined {
  const match = /^([0-9a-f-]{36}):(.+):(\d+):([01])$/.exec(header ?? '');
  if (match === null) return undefined;
  const [, assessmentId = '', promptVersion = '', round, repair] = match;
  return { assessmentId, promptVersion, round: Number(round), repair: repair === '1' };
}
