import { createInbox, type Msg, type NatsConnection } from 'nats';
import { UnavailableError } from '../../errors.ts';
import { OwnError } from '../../own-error.ts';
import { messageHeaders } from './headers.ts';
import { JetStreamError } from './trouble.ts';

export type PublishOptions = {
  /** JetStream stores a message id only once within its duplicate window. */
  messageId: string;
  traceparent?: string | undefined;
  /** The server refuses the message while the stream holds one for the same subject. */
  onlyIfAbsent?: boolean;
};

/**
 * `stored`: the message is in the stream. `duplicate`: this message id was stored before, and the message may be gone since.
 * `present`: refused, because the stream holds a message for this subject.
 */
export type PublishOutcome = 'stored' | 'duplicate' | 'present';

export type AcknowledgedPublish = (
  subject: string,
  payload: string,
  options: PublishOptions,
) => Promise<PublishOutcome>;

const ACK_WITHIN_MS = 1_000;
/** Cap of publishes without an ack, so that memory stays bounded: beyond it the broker counts as unavailable. */
const WAITING_MAX = 20_000;
const WRONG_LAST_SEQUENCE = 10_071;

/** No stream listens to the subject: the stream was deleted, or the server has no JetStream. */
export class NoStreamError extends OwnError {
  override readonly name = 'NoStreamError';
}

type Waiting = {
  key: string;
  sentAt: number;
  resolve: (outcome: PublishOutcome) => void;
  reject: (error: Error) => void;
};

/**
 * Publishes to JetStream with one inbox for all acks: a fifth of the cost of the client's own publish, which makes a request
 * object and an error with a stack for each message.
 */
export function acknowledgedPublish(
  connection: NatsConnection,
  waitingMax = WAITING_MAX,
): { publish: AcknowledgedPublish; stop(): void } {
  const inbox = createInbox();
  const waiting = new Map<string, Waiting>();
  let counter = 0;

  const settle = (key: string, use: (entry: Waiting) => void): void => {
    const entry = waiting.get(key);
    waiting.delete(key);
    if (entry !== undefined) use(entry);
  };
  const subscription = connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (error !== null) return;
      settle(message.subject.slice(inbox.length + 1), (entry) => takeAck(entry, message));
    },
  });
  // Entries are in the order of sending: the search ends at the first one that may still wait.
  const expiry = setInterval(() => {
    const latest = performance.now() - ACK_WITHIN_MS;
    for (const { key, sentAt } of waiting.values()) {
      if (sentAt > latest) break;
      settle(key, ({ reject }) => reject(new UnavailableError('broker', 'unknown')));
    }
  }, 100);
  expiry.unref();

  const publish: AcknowledgedPublish = (subject, payload, options) =>
    new Promise((resolve, reject) => {
      if (connection.isClosed() || waiting.size >= waitingMax) {
        reject(new UnavailableError('broker', 'not-done'));
        return;
      }
      const key = String(counter++);
      waiting.set(key, { key, sentAt: performance.now(), resolve, reject });
      try {
        // As a Buffer of Node's pool: the client would make an ArrayBuffer for each text.
        connection.publish(subject, Buffer.from(payload), { reply: `${inbox}.${key}`, headers: toHeaders(options) });
      } catch (error) {
        settle(key, () => reject(new UnavailableError('broker', 'not-done', { cause: error })));
      }
    });

  return {
    publish,
    stop() {
      clearInterval(expiry);
      subscription.unsubscribe();
      for (const { key } of waiting.values())
        settle(key, ({ reject }) => reject(new UnavailableError('broker', 'unknown')));
    },
  };
}

const toHeaders = ({ messageId, traceparent, onlyIfAbsent }: PublishOptions) =>
  messageHeaders({
    'Nats-Msg-Id': messageId,
    traceparent,
    'Nats-Expected-Last-Subject-Sequence': onlyIfAbsent === true ? '0' : undefined,
  });

type PublishAck = {
  seq?: number;
  duplicate?: boolean;
  error?: { code: number; err_code?: number; description?: string };
};

function takeAck({ resolve, reject }: Waiting, message: Msg): void {
  // Without a stream for the subject, the server sends an empty "no responders" message at once.
  if (message.data.length === 0)
    return reject(
      new UnavailableError('broker', 'not-done', { cause: new NoStreamError('no stream for this subject') }),
    );
  let ack: PublishAck;
  try {
    ack = JSON.parse(message.string()) as PublishAck;
  } catch (error) {
    return reject(new UnavailableError('broker', 'unknown', { cause: error }));
  }
  if (ack.error === undefined) return resolve(ack.duplicate === true ? 'duplicate' : 'stored');
  if (ack.error.err_code === WRONG_LAST_SEQUENCE) return resolve('present');
  // Refused for now: the stream is full or has no leader, or the server lacks resources.
  reject(
    new UnavailableError('broker', 'not-done', {
      cause: new JetStreamError(Number(ack.error.err_code), ack.error.description),
    }),
  );
}
