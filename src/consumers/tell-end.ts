import type { WorkMessage } from '../adapters/broker.ts';
import type { End } from '../entities/claim.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import type { ConsumerDeps } from './job.ts';

const PUBLISH_AGAIN_MS = 5_000;

/**
 * Publishes a stored end and acks the work message once the broker has confirmed the publication. Without a confirmation
 * the message is given back, and the end is published with its next delivery: a broker that is away blocks no job.
 */
export async function tellEnd(
  end: End,
  message: WorkMessage,
  { broker }: Pick<ConsumerDeps, 'broker'>,
  log: Log,
): Promise<void> {
  const { id, sessionId, status, version, round, attempts, failureCode, lastError } = end;
  const common = {
    v: PAYLOAD_VERSION,
    assessment_id: id,
    session_id: sessionId,
    version,
    timestamp: new Date().toISOString(),
  } as const;
  const code = failureCode ?? 'unknown';
  const letter = { ...common, round, code, attempts, last_error: lastError ?? code };
  try {
    await Promise.all([
      broker.publishCompleted({ ...common, status }, message.traceparent),
      ...(status === 'failed' ? [broker.publishDeadLetter(letter)] : []),
    ]);
    // fault point: published
    message.ack();
  } catch (error) {
    log.warn({ err: error }, 'the end is stored but could not be published; its message will come again');
    message.nak(PUBLISH_AGAIN_MS);
  }
}
