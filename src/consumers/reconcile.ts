import { randomUUID } from 'node:crypto';
import type { Broker, QueueInfo } from '../adapters/broker.ts';
import type { ReconcileStore, Candidate } from '../adapters/database.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

export type ReconcileDeps = {
  store: ReconcileStore;
  broker: Pick<Broker, 'ready' | 'queueInfo' | 'publishSubmitted' | 'recreateConsumer'>;
  metrics: Metrics;
  log: Log;
  /** Pause between two ticks. */
  tickMs?: number;
  /** A dispatch younger than this is taken to be on its way. */
  graceMs?: number;
};

const TICK_MS = 2_000;
/** Beyond the deadline of a submit's own publish and its retries (3 s). */
const GRACE_MS = 5_000;
const LEASE_MS = 10_000;
/** How many of the oldest are tried while the stream has as many messages as there is work. */
const SOME = 500;
const PAGE = 1_000;
/** Once all of them proved to have their message, they are left alone for so many ticks: a long queue is no trouble. */
const REST_TICKS = 5;
const TASK = 'reconcile';

/**
 * Finds assessments whose message was lost, in whatever way, and dispatches them again. Rows are the truth here, and
 * the stream itself refuses a message for an assessment that it still holds one for: so no list, no clock and no guess
 * decides, and one dispatch too many costs a refused message, never a second one. One leader over the fleet.
 */
export function runReconciler(deps: ReconcileDeps): { stop(): Promise<void> } {
  const { tickMs = TICK_MS, store, log, metrics } = deps;
  const me = randomUUID();
  let looked: QueueInfo | undefined;
  let rest = 0;
  let stopping = false;
  let wake: (() => void) | undefined;

  const lead = (): Promise<boolean> => store.lead(TASK, me, LEASE_MS);
  const tick = async (): Promise<void> => {
    if (!deps.broker.ready || !(await lead())) {
      looked = undefined;
      rest = 0;
      return;
    }
    const info = await deps.broker.queueInfo();
    if (looked !== undefined && isStuck(looked, info)) {
      log.error({ ...info }, 'the consumer does not deliver what its stream holds: it is made anew');
      metrics.consumerRecreated.inc();
      await deps.broker.recreateConsumer();
      looked = undefined;
    } else looked = info;
    const mayGoOn = async (): Promise<boolean> => !stopping && (await lead());
    rest = await dispatchStranded(deps, info, rest, mayGoOn);
  };
  const run = async (): Promise<void> => {
    while (!stopping) {
      await tick().catch((error: unknown) => log.warn({ err: error }, 'the reconciler could not finish its tick'));
      // The wait is re-checked: a stop may have come while the tick ran.
      if (!stopping)
        await new Promise<void>((resume) => {
          const timer = setTimeout(resume, tickMs);
          wake = () => {
            clearTimeout(timer);
            resume();
          };
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

/**
 * After a restored or wiped store a consumer can stand ahead of its stream for ever, looking healthy. Judged by two
 * looks, since stream and consumer are not read in the same moment.
 */
export function isStuck(before: QueueInfo, now: QueueInfo): boolean {
  if (now.messages === 0 || before.messages === 0) return false;
  const ahead = (info: QueueInfo): boolean => info.deliveredSequence > info.lastSequence;
  if (ahead(before) && ahead(now)) return true;
  const sameFirst = before.firstSequence === now.firstSequence;
  if (sameFirst && before.ackFloorSequence >= before.firstSequence) return true;
  const lacking = (info: QueueInfo): boolean => info.pending + info.ackPending < info.messages;
  // Where work flows, a difference is only what was acknowledged between the two readings.
  const atRest = sameFirst && before.deliveredSequence === now.deliveredSequence;
  return atRest && lacking(before) && lacking(now);
}

/**
 * Resolves to the number of ticks that may pass before the oldest are tried again; `rest` is what is left of it.
 * `mayGoOn` is asked between two pages: with many of them a tick takes longer than the lead lasts.
 */
async function dispatchStranded(
  deps: ReconcileDeps,
  { messages }: QueueInfo,
  rest: number,
  mayGoOn: () => Promise<boolean>,
): Promise<number> {
  const { store, graceMs = GRACE_MS } = deps;
  const someAreMissing = (await store.open(messages + 1)) > messages;
  if (!someAreMissing) {
    if (rest > 0) return rest - 1;
    const page = await store.candidates(graceMs, SOME);
    return page.length > 0 && (await dispatch(deps, page)) === 'all-present' ? REST_TICKS : 0;
  }
  let after: Candidate | undefined;
  for (;;) {
    const page = await store.candidates(graceMs, PAGE, after);
    const done = page.length === 0 || (await dispatch(deps, page)) === 'unanswered';
    if (done || page.length < PAGE || !(await mayGoOn())) return 0;
    after = page.at(-1);
  }
}

/** `unanswered` if some publish got no answer: the broker is away, and the next tick tries again. */
async function dispatch(
  { store, broker, metrics, log }: ReconcileDeps,
  page: Candidate[],
): Promise<'all-present' | 'unanswered' | 'some-dispatched'> {
  const outcomes = await Promise.allSettled(
    page.map(({ id, sessionId, dispatchNo }) =>
      broker.publishSubmitted({ assessmentId: id, sessionId, dispatchNo: dispatchNo + 1, onlyIfAbsent: true }),
    ),
  );
  const by = (wanted: string): Pick<Candidate, 'id' | 'dispatchNo'>[] =>
    page.flatMap(({ id, dispatchNo }, index) => {
      const outcome = outcomes[index];
      const is = outcome?.status === 'fulfilled' ? outcome.value : 'unanswered';
      return is === wanted ? [{ id, dispatchNo: dispatchNo + 1 }] : [];
    });
  const stored = by('stored');
  // The number was used by a message that may be gone again: the next tick takes the next one.
  const duplicate = by('duplicate');
  await store.dispatched(stored);
  await store.numberUsed(duplicate);
  metrics.dispatched.inc({ outcome: 'stored' }, stored.length);
  const present = by('present').length;
  metrics.dispatched.inc({ outcome: 'present' }, present);
  if (stored.length > 0) log.warn({ count: stored.length }, 'stranded assessments were dispatched again');
  if (outcomes.some(({ status }) => status === 'rejected')) return 'unanswered';
  return present === page.length ? 'all-present' : 'some-dispatched';
}
