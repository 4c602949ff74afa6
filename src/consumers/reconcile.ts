import { randomUUID } from 'node:crypto';
import type { Broker, QueueInfo } from '../adapters/broker.ts';
import type { ReconcileStore, Candidate, UntoldStore } from '../adapters/database.ts';
import type { Turns } from '../assessments/turns.ts';
import { UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { tellUntold } from './tell-end.ts';

export type ReconcileDeps = {
  store: ReconcileStore;
  turns: Pick<Turns, 'fill'>;
  untold: Pick<UntoldStore, 'oldest' | 'told'>;
  broker: Pick<
    Broker,
    | 'ready'
    | 'whenReady'
    | 'queueInfo'
    | 'publishSubmitted'
    | 'recreateConsumer'
    | 'publishCompleted'
    | 'publishDeadLetter'
  >;
  metrics: Metrics;
  log: Log;
  /** Pause between two ticks. */
  tickMs?: number;
  /** A dispatch younger than this is taken to be still in flight. */
  graceMs?: number;
};

const TICK_MS = 2_000;
/** Pause after a tick that the broker did not answer: a request from before an election is never answered. */
const AGAIN_MS = 500;
/** More than the deadline of a submission's own publish and its retries (3 s). */
const GRACE_MS = 5_000;
/** Lease of the leader. The setting LEASE_MS is the lease of a claim. */
const LEADER_LEASE_MS = 10_000;
/** How many of the oldest are dispatched again while the stream has as many messages as it should have. */
const SOME = 500;
const PAGE = 1_000;
/** Ticks without such a dispatch after all of them turned out to have their message: a long queue needs no repair. */
const REST_TICKS = 5;
const TASK = 'reconcile';

/**
 * Finds open assessments without a work message and dispatches them again. The rows are the truth. The stream refuses a
 * second message for an assessment, so an unneeded dispatch costs one refused publish and never a second message. Begins
 * the turns of networks that have less than their share, and tells the streams for other services the ends that they lack.
 * One leader does this for all workers.
 */
export function runReconciler(deps: ReconcileDeps): { stop(): Promise<void> } {
  const { tickMs = TICK_MS, store, log, metrics } = deps;
  const me = randomUUID();
  let looked: QueueInfo | undefined;
  let rest = 0;
  let isLeader = false;
  let stopping = false;
  let wake: (() => void) | undefined;

  const lead = (): Promise<boolean> => store.lead(TASK, me, LEADER_LEASE_MS);
  const mayGoOn = async (): Promise<boolean> => !stopping && (await lead());
  const tick = async (): Promise<void> => {
    if (!deps.broker.ready || !(await lead())) {
      looked = undefined;
      rest = 0;
      // Another worker may be connected to a server that works.
      if (isLeader && !deps.broker.ready) await store.resign(TASK, me);
      isLeader = false;
      return;
    }
    isLeader = true;
    const telling = tellStreams(deps, mayGoOn);
    try {
      await reconcile();
    } finally {
      await telling;
    }
  };
  const reconcile = async (): Promise<void> => {
    const info = await deps.broker.queueInfo();
    if (looked !== undefined && isStuck(looked, info)) {
      log.error({ ...info }, 'the consumer does not deliver the messages of its stream; it is created anew');
      metrics.consumerRecreated.inc();
      await deps.broker.recreateConsumer();
      looked = undefined;
    } else looked = info;
    rest = await dispatchStranded(deps, info, rest, mayGoOn);
    await deps.turns.fill();
  };
  const run = async (): Promise<void> => {
    while (!stopping) {
      let pauseMs = tickMs;
      await tick().catch((error: unknown) => {
        if (error instanceof UnavailableError && error.system === 'broker') pauseMs = AGAIN_MS;
        log.warn({ err: error }, 'the reconciler could not finish its tick');
      });
      // A stop may have come during the tick.
      if (!stopping)
        await new Promise<void>((resume) => {
          const timer = setTimeout(resume, pauseMs);
          wake = () => {
            clearTimeout(timer);
            resume();
          };
          // A fleet whose messages were all lost waits for this tick.
          if (!deps.broker.ready) void deps.broker.whenReady(tickMs).then(wake);
        });
    }
  };
  const finished = run();

  return {
    async stop() {
      stopping = true;
      wake?.();
      await finished;
      await store.resign(TASK, me).catch(() => {}); // its lease runs out by itself
    },
  };
}

/** Each stream by itself, since one of them may be away. Never rejects. */
async function tellStreams({ untold, broker, log }: ReconcileDeps, mayGoOn: () => Promise<boolean>): Promise<void> {
  try {
    const counts = await Promise.all(
      (['events', 'dead'] as const).map((stream) => tellUntold(stream, { untold, broker, mayGoOn })),
    );
    const count = counts.reduce((sum, told) => sum + told, 0);
    if (count > 0) log.info({ count }, 'ends were told late to the streams for other services');
  } catch (error) {
    log.warn({ err: error }, 'untold ends could not be told; the next tick tries again');
  }
}

/**
 * Whether the consumer stands ahead of its stream, as after the broker's store was restored or wiped: then it would never
 * deliver again, and yet look healthy. Two readings are compared, since stream and consumer are not read at once.
 */
export function isStuck(before: QueueInfo, now: QueueInfo): boolean {
  if (now.messages === 0 || before.messages === 0) return false;
  const ahead = (info: QueueInfo): boolean => info.deliveredSequence > info.lastSequence;
  if (ahead(before) && ahead(now)) return true;
  const sameFirst = before.firstSequence === now.firstSequence;
  if (sameFirst && before.ackFloorSequence >= before.firstSequence) return true;
  const lacking = (info: QueueInfo): boolean => info.pending + info.ackPending < info.messages;
  // While messages flow, a difference is only the acks between the readings of stream and consumer.
  const atRest = sameFirst && before.deliveredSequence === now.deliveredSequence;
  return atRest && lacking(before) && lacking(now);
}

/**
 * @param rest ticks left until the oldest are dispatched again
 * @param mayGoOn called between two pages, since a tick of many pages takes longer than the leader's lease
 * @returns the next `rest`
 */
async function dispatchStranded(
  deps: ReconcileDeps,
  { messages }: QueueInfo,
  rest: number,
  mayGoOn: () => Promise<boolean>,
): Promise<number> {
  const { store, graceMs = GRACE_MS } = deps;
  const someAreMissing = (await store.dispatchable(messages + 1)) > messages;
  if (!someAreMissing) {
    if (rest > 0) return rest - 1;
    const page = await store.candidates(graceMs, SOME);
    return page.length > 0 && (await dispatch(deps, page)) === 'all-present' ? REST_TICKS : 0;
  }
  let after: Candidate | undefined;
  for (;;) {
    const page = await store.candidates(graceMs, PAGE, after);
    const done = page.length === 0 || (await dispatch(deps, page)) === 'unconfirmed';
    if (done || page.length < PAGE || !(await mayGoOn())) return 0;
    after = page.at(-1);
  }
}

/** @returns `unconfirmed` if some publish failed: the broker is away, and the next tick tries again */
async function dispatch(
  { store, broker, metrics, log }: ReconcileDeps,
  page: Candidate[],
): Promise<'all-present' | 'unconfirmed' | 'some-dispatched'> {
  const outcomes = await Promise.allSettled(
    page.map(({ id, sessionId, dispatchNo }) =>
      broker.publishSubmitted({ assessmentId: id, sessionId, dispatchNo: dispatchNo + 1, onlyIfAbsent: true }),
    ),
  );
  const by = (wanted: string): Pick<Candidate, 'id' | 'dispatchNo'>[] =>
    page.flatMap(({ id, dispatchNo }, index) => {
      const outcome = outcomes[index];
      const is = outcome?.status === 'fulfilled' ? outcome.value : 'unconfirmed';
      return is === wanted ? [{ id, dispatchNo: dispatchNo + 1 }] : [];
    });
  const stored = by('stored');
  // The dispatch number was used by a message that may be gone by now: the next tick takes the next number.
  const duplicate = by('duplicate');
  await store.dispatched(stored);
  await store.numberUsed(duplicate);
  metrics.dispatched.inc({ outcome: 'stored' }, stored.length);
  const present = by('present').length;
  metrics.dispatched.inc({ outcome: 'present' }, present);
  if (stored.length > 0) log.warn({ count: stored.length }, 'assessments without a work message were dispatched again');
  if (outcomes.some(({ status }) => status === 'rejected')) return 'unconfirmed';
  return present === page.length ? 'all-present' : 'some-dispatched';
}
