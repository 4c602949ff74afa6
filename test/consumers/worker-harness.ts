import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { firstDialect } from '../../src/adapters/model/dialect.ts';
import type { WorkMessage } from '../../src/adapters/broker.ts';
import type { Untold } from '../../src/adapters/database.ts';
import type { Dialect, ModelReply, ModelRequest } from '../../src/adapters/model.ts';
import type { Localized } from '../../src/assessments/translations.ts';
import { modelBudgets } from '../../src/assessments/model-budgets.ts';
import { Rates } from '../../src/assessments/rates.ts';
import type { ConsumerDeps } from '../../src/consumers/job.ts';
import { withoutLimit } from '../../src/consumers/limiter.ts';
import { withoutLooks } from '../../src/consumers/look.ts';
import { runConsumer, type Consumer } from '../../src/consumers/run-consumer.ts';
import { watchUsage } from '../../src/consumers/usage.ts';
import type { Claim, ClaimRefusal, End, Outcome } from '../../src/entities/claim.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { ProviderFailure } from '../../src/entities/provider-failure.ts';
import type { AssessmentProgress, DeadLetterNotice, RecommendationCompleted } from '../../src/events.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { driveByGlobalTimers } from '../support/promise-timers.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** One delivery of a message, with its acks, naks and extensions (`working`) in their order, and the delays of the naks. */
export type Delivery = { message: WorkMessage; acks: string[]; delays: number[] };

/** A real worker. The test stands for the model, the database and the broker. */
export type WorkerHarness = {
  consumer: Consumer;
  metrics: Metrics;
  logs: Record<string, unknown>[];
  /** Every call of the model. */
  asked: ModelRequest[];
  /** The behaviour of the model at the next calls; `reply` counts after the last entry. */
  script: ((request: ModelRequest) => ModelReply | Promise<ModelReply>)[];
  reply: (request: ModelRequest) => ModelReply | Promise<ModelReply>;
  /** Arguments of the calls of the store. */
  released: Parameters<ConsumerDeps['working']['release']>[0][];
  finished: { id: string; outcome: Outcome }[];
  renewals: string[][];
  published: RecommendationCompleted[];
  letters: DeadLetterNotice[];
  /** Ends noted because a stream did not confirm them. */
  untold: Untold[];
  note: () => Promise<void>;
  /** Networks whose next turn was begun, which `othersDeferred` leads to. */
  turns: string[];
  othersDeferred: boolean;
  progress: (AssessmentProgress & { assessmentId: string; sessionId: string })[];
  /** The results of the store. A test may replace them. */
  store: {
    claim: (id: string, token: string) => Claim | ClaimRefusal | Promise<Claim | ClaimRefusal>;
    renew: (ids: string[]) => Promise<Set<string>>;
    release: () => Promise<boolean>;
    finish: (id: string, outcome: Outcome) => Promise<End | undefined>;
    endOf: (id: string) => Promise<End | 'gone' | undefined>;
  };
  publish: () => Promise<void>;
  /** Announces a cancellation to the worker, as the api does. */
  announceCancel: (id: string) => void;
  /** The worker's store of questionnaires. A test may replace it. */
  questionnaire: (id: string) => Promise<QuestionnaireContent | undefined>;
  /** Its texts in further languages. */
  inLanguage: (content: QuestionnaireContent, language: string | null) => Localized | undefined;
  slots: () => number;
  /** How often messages were pulled. */
  pulls: number;
  onPull: () => void;
  stopped: boolean;
  /** How the model is asked. */
  dialect: Dialect;
  deliver: (given?: Partial<Pick<WorkMessage, 'assessmentId' | 'payloadVersion' | 'deliveries'>>) => Delivery;
};

export const DIALECT = firstDialect({}, 16_000);

export type WorkerOptions = Partial<
  Pick<
    ConsumerDeps,
    'concurrency' | 'leaseMs' | 'maxAttempts' | 'looks' | 'limiter' | 'budgets' | 'metrics' | 'fallback'
  >
> & {
  random?: () => number;
};

export const fits = (given: Partial<ModelReply> = {}): ModelReply => ({
  text: JSON.stringify({
    summary: 'You are tired.',
    recommendations: [
      { title: 'Sleep more', rationale: 'You said so.', action: 'Go to bed at ten.', area: 'sleep', priority: 'HIGH' },
    ],
  }),
  cutOff: false,
  finishReason: 'stop',
  model: 'played',
  promptTokens: 10,
  completionTokens: 20,
  reasoningTokens: null,
  cachedTokens: null,
  ...given,
});

export const claimOf = (id: string, token: string, given: Partial<Claim> = {}): Claim => ({
  id,
  token,
  sessionId: randomUUID(),
  questionnaireId: 'wellbeing-check@1',
  language: null,
  answers: wellbeingAnswers,
  version: 2,
  round: 1,
  attempts: 1,
  watch: false,
  network: 'network',
  rejectedAnswer: null,
  waitedMs: 5,
  ...given,
});

export const endOf = (id: string, given: Partial<End> = {}): End => ({
  id,
  sessionId: randomUUID(),
  status: 'completed',
  version: 3,
  round: 1,
  attempts: 1,
  failureCode: null,
  lastError: null,
  ...given,
});

const endBy = (id: string, outcome: Outcome): End =>
  outcome.status === 'completed'
    ? endOf(id)
    : endOf(id, { status: 'failed', failureCode: outcome.code, lastError: outcome.lastError });

export function startWorker({
  random = () => 0.5,
  metrics = createMetrics(),
  ...options
}: WorkerOptions = {}): WorkerHarness {
  driveByGlobalTimers();
  const worker: Omit<WorkerHarness, 'consumer' | 'deliver' | 'slots'> = {
    metrics,
    logs: [],
    asked: [],
    script: [],
    reply: () => fits(),
    released: [],
    finished: [],
    renewals: [],
    published: [],
    letters: [],
    untold: [],
    note: async () => {},
    progress: [],
    turns: [],
    othersDeferred: false,
    store: {
      claim: (id, token) => claimOf(id, token),
      renew: async (ids) => new Set(ids),
      release: async () => true,
      finish: async (id, outcome) => endBy(id, outcome),
      endOf: async () => undefined,
    },
    publish: async () => {},
    announceCancel: () => {},
    inLanguage: (content, language) => (language === null ? { content, textHash: null } : undefined),
    questionnaire: async (id) => (id === 'wellbeing-check@1' ? wellbeing : undefined),
    pulls: 0,
    onPull: () => {},
    stopped: false,
    dialect: DIALECT,
  };
  let queue: { slots: () => number; onMessage: (message: WorkMessage) => void } | undefined;
  const log = createLog('debug', 'worker', { write: (line) => void worker.logs.push(JSON.parse(line)) });
  const consumer = runConsumer({
    concurrency: 2,
    leaseMs: 15_000,
    maxAttempts: 5,
    budgets: modelBudgets(new Rates(), { calls: 0, tokens: 0 }),
    looks: withoutLooks,
    usage: watchUsage({
      model: { model: 'asked-for', host: 'model.example' },
      prices: new Map(),
      metrics: worker.metrics,
      log,
    }),
    limiter: withoutLimit,
    ...options,
    random,
    log,
    metrics: worker.metrics,
    translations: {
      byId: async (id, language) => {
        const content = await worker.questionnaire(id);
        return content && worker.inLanguage(content, language);
      },
    },
    model: {
      model: 'asked-for',
      host: 'model.example',
      get dialect() {
        return worker.dialect;
      },
      ask: async (request) => {
        worker.asked.push(request);
        return await (worker.script.shift() ?? worker.reply)(request);
      },
    },
    broker: {
      consume: (slots, onMessage) => {
        queue = { slots, onMessage };
        const pull = (): void => {
          worker.pulls++;
          worker.onPull();
        };
        return { pull, stop: () => void (worker.stopped = true) };
      },
      listenForCancels: (onCancelled) => void (worker.announceCancel = onCancelled),
      publishCompleted: async (event) => {
        await worker.publish();
        worker.published.push(event);
      },
      announceProgress: (of, progress) => void worker.progress.push({ ...of, ...progress }),
      publishDeadLetter: async (notice) => {
        await worker.publish();
        worker.letters.push(notice);
      },
    },
    untold: {
      add: async (end) => {
        await worker.note();
        worker.untold.push(end);
      },
    },
    turns: { next: (network) => void worker.turns.push(network) },
    working: {
      claim: async ({ id, token }) => await worker.store.claim(id, token),
      renew: async (held) => {
        worker.renewals.push(held.map(({ id }) => id));
        return await worker.store.renew(held.map(({ id }) => id));
      },
      release: async (release) => {
        const held = await worker.store.release();
        worker.released.push(release);
        return held ? { id: release.id, othersDeferred: worker.othersDeferred } : undefined;
      },
      finish: async ({ id, outcome }) => {
        worker.finished.push({ id, outcome });
        const end = await worker.store.finish(id, outcome);
        return end && { ...end, othersDeferred: worker.othersDeferred };
      },
      endOf: (id) => worker.store.endOf(id),
    },
  });
  return Object.assign(worker, {
    consumer,
    slots: () => queue?.slots() ?? Number.NaN,
    deliver(given: Parameters<WorkerHarness['deliver']>[0] = {}) {
      const delivery: Delivery = {
        acks: [],
        delays: [],
        message: {
          assessmentId: randomUUID(),
          payloadVersion: 1,
          deliveries: 1,
          traceparent: undefined,
          ...given,
          ack: () => void delivery.acks.push('ack'),
          nak: (delayMs) => {
            delivery.acks.push('nak');
            delivery.delays.push(delayMs);
          },
          working: () => void delivery.acks.push('working'),
        },
      };
      queue?.onMessage(delivery.message);
      return delivery;
    },
  });
}

/** A call that lasts until it is aborted, and then fails as in the adapter. */
export const untilAborted = async (request: { signal: AbortSignal }) => {
  await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
  throw new ProviderFailure('the model call did not end in time', { mayHaveCharged: true });
};

/** Resolves after the time, with fake timers. */
export const after = (ms: number) => new Promise((resume) => setTimeout(resume, ms));

/** Lets the worker learn that a call takes no longer than a claim. */
export async function quickCalls(worker: WorkerHarness): Promise<void> {
  worker.store.claim = async (id, token) => {
    await after(10);
    return claimOf(id, token);
  };
  for (let spent = 0; spent <= 1_000; spent += 20) {
    worker.script.push(async () => {
      await after(10);
      return fits();
    });
    worker.deliver();
    await pass(20);
  }
}

/** Lets fake time pass, and everything run that is due by then. */
export const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A promise that the test settles, for a step that is to take time. */
export function gate<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { promise, open: resolve, fail: reject };
}
