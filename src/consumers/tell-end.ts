import type { Broker, WorkMessage } from '../adapters/broker.ts';
import type { ToTell, Untold, UntoldStore } from '../adapters/database.ts';
import type { End } from '../entities/claim.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import { fewLines } from '../few-lines.ts';
import type { Log } from '../log.ts';
import type { ConsumerDeps } from './job.ts';

/** Delay of a message whose end could neither be confirmed nor noted as untold. */
const AGAIN_MS = 5_000;
/** While a stream is away each end would be logged. */
const WARN_EVERY_MS = 60_000;

export type Ends = {
  /**
   * Tells a stored end: to the api processes at once, and to the streams for other services, without a slot. Its message is
   * acked when the streams have confirmed it, or when the row says what they lack: so no crash in between loses it.
   */
  tell(end: End, message: WorkMessage, log: Log): void;
  /** Resolves once all ends so far are told or noted. */
  settled(): Promise<void>;
};

export function tellEnds(deps: Pick<ConsumerDeps, 'broker' | 'untold' | 'metrics'>): Ends {
  const running = new Set<Promise<void>>();
  const lines = fewLines({ everyMs: WARN_EVERY_MS });
  const warn = (log: Log, error: unknown): void => {
    const unconfirmed =
      'an end is stored, but a stream for other services has not confirmed it: it is told there later';
    log[lines(unconfirmed) === undefined ? 'debug' : 'warn']({ err: error }, unconfirmed);
  };
  return {
    tell(end, message, log) {
      const telling = tell(end, message, deps, log, warn).finally(() => running.delete(telling));
      running.add(telling);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}

/** Never rejects. */
async function tell(
  end: End,
  message: WorkMessage,
  { broker, untold, metrics }: Pick<ConsumerDeps, 'broker' | 'untold' | 'metrics'>,
  log: Log,
  warn: (log: Log, error: unknown) => void,
): Promise<void> {
  const { id, sessionId, status, version, round, attempts, failureCode, lastError } = end;
  const about = { id, sessionId, status, version, round };
  const streams: Untold['stream'][] = status === 'failed' ? ['events', 'dead'] : ['events'];
  const letter = { code: failureCode, attempts, lastError, sinceMs: Date.now() };
  const outcomes = await Promise.allSettled(
    streams.map((stream) => publishEnd({ ...about, ...letter, stream }, broker, message.traceparent)),
  );
  // fault point: published
  const missing = streams.filter((_, nth) => outcomes[nth]?.status === 'rejected');
  if (missing.length === 0) return message.ack();
  metrics.errors.inc({ part: 'tell', code: 'SERVICE_UNAVAILABLE' }, missing.length);
  warn(log, outcomes.find((outcome) => outcome.status === 'rejected')?.reason);
  try {
    await Promise.all(missing.map((stream) => untold.add({ ...about, stream })));
    message.ack();
  } catch (error) {
    log.warn({ err: error }, 'an end could not be noted as untold; its message will come again');
    message.nak(AGAIN_MS);
  }
}

/** @throws UnavailableError if the stream does not confirm it */
async function publishEnd(
  { id, sessionId, status, version, round, stream, sinceMs, code, attempts, lastError }: ToTell,
  broker: Pick<Broker, 'publishCompleted' | 'publishDeadLetter'>,
  traceparent?: string,
): Promise<void> {
  const timestamp = new Date(sinceMs).toISOString();
  const common = { v: PAYLOAD_VERSION, assessment_id: id, session_id: sessionId, version, timestamp } as const;
  if (stream === 'events') return await broker.publishCompleted({ ...common, status }, traceparent);
  const last_error = lastError ?? code ?? 'unknown';
  await broker.publishDeadLetter({ ...common, round, code: code ?? 'unknown', attempts: attempts ?? 0, last_error });
}

const PAGE = 500;

/**
 * Tells a stream what it lacks, the oldest first. If it does not confirm the first one, it is left alone until the next
 * call. A repeated message has the same id, version and message id.
 * @returns the number of those told
 * @throws UnavailableError if the database is not available
 */
export async function tellUntold(
  stream: Untold['stream'],
  {
    untold,
    broker,
    mayGoOn,
  }: {
    untold: Pick<UntoldStore, 'oldest' | 'told'>;
    broker: Pick<Broker, 'publishCompleted' | 'publishDeadLetter'>;
    mayGoOn: () => Promise<boolean>;
  },
): Promise<number> {
  for (let count = 0; ;) {
    const [first, ...rest] = await untold.oldest(stream, PAGE);
    if (first === undefined) return count;
    const told = [];
    for (const some of [[first], rest]) {
      const outcomes = await Promise.allSettled(some.map((end) => publishEnd(end, broker)));
      const confirmed = some.filter((_, nth) => outcomes[nth]?.status === 'fulfilled');
      told.push(...confirmed);
      if (confirmed.length < some.length) break;
    }
    await untold.told(told);
    count += told.length;
    const isPage = rest.length + 1 === PAGE && told.length === PAGE;
    if (!isPage || !(await mayGoOn())) return count;
  }
}
