import { firstDialect } from '../../../src/adapters/model/dialect.ts';
import type { Model, ModelReply, ModelRequest } from '../../../src/adapters/model.ts';
import { ProviderFailure, ProviderPause } from '../../../src/entities/provider-failure.ts';
import { Permanent } from '../../../src/errors.ts';
import type { Clock, Process } from './clock.ts';
import { wayMs } from './random.ts';

export const behaviours = [
  'reply',
  'slow',
  'garbage',
  'cut off',
  'hang',
  'broken',
  'unreachable',
  'failure',
  'rate limit',
  'refusal',
] as const;
/** The behaviour of the model at one call; deadly: its reply kills the worker that reads it. */
export type Behaviour = (typeof behaviours)[number] | 'deadly';

/** One call in the provider's ledger. */
export type Call = {
  assessmentId: string;
  round: number;
  repair: boolean;
  process: Process;
  sentAt: number;
  behaviour: Behaviour;
  /** Whether the provider may charge for it, because it has worked on it. The reply may have been lost. */
  paid: boolean;
  endedAt: number;
  outcome: 'open' | 'replied' | 'failed' | 'timeout' | 'aborted';
};

export type ModelOptions = {
  clock: Clock;
  /** The behaviour at the first calls. Later ones get a reply. */
  script: Behaviour[];
  /** Minimum time of an ordinary reply; the maximum is twice that. */
  replyMs: number;
};

const DIALECT = firstDialect({}, 16_000);
const TIMEOUT_MS = 60_000;
/** Longer than a lease, shorter than the time-out. */
const SLOW_MS = 40_000;

/** A provider with a script, and a ledger of all calls. */
export class Provider {
  readonly calls: Call[] = [];
  /** The most calls that one process had in flight at once. */
  mostAtOnce = 0;
  /** The effect of a deadly reply. */
  kill: (process: Process) => void = () => {};
  readonly #options: ModelOptions;

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** The provider for one process. */
  connect(process: Process): Pick<Model, 'model' | 'host' | 'ask' | 'dialect'> {
    return {
      model: 'simulated',
      host: 'model.example',
      dialect: DIALECT,
      ask: (request) => this.#ask(process, request),
    };
  }

  #ask(process: Process, { idempotencyKey, signal }: ModelRequest): Promise<ModelReply> {
    const { clock, script, replyMs } = this.#options;
    const key = idempotencyKey.split(':');
    const nth = this.calls.length;
    const behaviour = script[nth] ?? 'reply';
    const call: Call = {
      assessmentId: key[0] ?? '',
      round: Number(key.at(-2)),
      repair: key.at(-1) === '1',
      process,
      sentAt: clock.now,
      behaviour,
      paid: !UNPAID.has(behaviour),
      endedAt: Number.POSITIVE_INFINITY,
      outcome: 'open',
    };
    this.calls.push(call);
    const underWay = this.calls.filter((other) => other.process === process && other.outcome === 'open').length;
    this.mostAtOnce = Math.max(this.mostAtOnce, underWay);
    return new Promise((resolve, reject) => {
      const settle = (outcome: Call['outcome'], use: () => void): void => {
        if (call.outcome !== 'open') return;
        Object.assign(call, { outcome, endedAt: clock.now });
        use();
      };
      const fail = (outcome: Call['outcome'], error: Error) => () => settle(outcome, () => reject(error));
      const inTime = (mayHaveCharged: boolean) => new ProviderFailure('not in time', { mayHaveCharged });
      signal.addEventListener('abort', fail('aborted', inTime(true)));
      clock.after(TIMEOUT_MS, process, fail('timeout', inTime(true)));
      const error = errorOf(behaviour, clock);
      const quickMs = wayMs(clock.random);
      const workMs = behaviour === 'slow' ? SLOW_MS : replyMs * (1 + clock.random());
      if (error !== undefined) clock.after(quickMs, process, fail('failed', error));
      else if (behaviour === 'deadly') clock.after(workMs, process, () => this.kill(process));
      else if (behaviour !== 'hang')
        clock.after(workMs, process, () => settle('replied', () => resolve(replyOf(behaviour, nth))));
    });
  }
}

/** Refusals and failures that the provider itself reports: it has not worked on the request. */
const UNPAID = new Set<Behaviour>(['unreachable', 'failure', 'rate limit']);

function errorOf(behaviour: Behaviour, clock: Clock): Error | undefined {
  switch (behaviour) {
    case 'failure':
      return new ProviderFailure('the provider failed (500)', { mayHaveCharged: false });
    case 'broken':
      return new ProviderFailure('the connection broke', { mayHaveCharged: true });
    case 'unreachable':
      return new ProviderFailure('no connection', { mayHaveCharged: false, countsAttempt: false });
    case 'rate limit':
      return new ProviderPause({ delayMs: 1_000 + clock.random() * 20_000 });
    case 'refusal':
      return new Permanent('AI_REFUSED', 'the model refused to answer');
    default:
      return undefined;
  }
}

/** The summary of a reply names its call, so that a stored result can be traced to the payment. */
function replyOf(behaviour: Behaviour, nth: number): ModelReply {
  const advice = {
    title: 'Sleep',
    rationale: 'You said so.',
    action: 'Go to bed at ten.',
    area: 'sleep',
    priority: 'HIGH',
  };
  const whole = JSON.stringify({ summary: `call ${nth}`, recommendations: [advice] });
  const texts: Partial<Record<Behaviour, string>> = { garbage: 'no JSON', 'cut off': whole.slice(0, -10) };
  const cutOff = behaviour === 'cut off';
  return {
    text: texts[behaviour] ?? whole,
    cutOff,
    finishReason: cutOff ? 'length' : 'stop',
    model: 'simulated',
    promptTokens: 10,
    completionTokens: 20,
    reasoningTokens: null,
    cachedTokens: null,
  };
}

/** The call of a reply. */
export const callOf = (calls: readonly Call[], summary: string): Call | undefined => calls[Number(summary.slice(5))];
