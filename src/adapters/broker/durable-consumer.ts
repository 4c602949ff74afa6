import { AckPolicy, nanos, type ConsumerConfig, type JetStreamManager } from 'nats';
import type { Wire } from '../../events.ts';
import { explain, isAboveAckLimit, unlessNotFound, withReason } from './trouble.ts';

export type ConsumerOptions = { wire: Wire; ackWaitMs: number; maxAckPending: number };

/** Cap of waiting pull requests, up to one for each slot of all workers; the server's default is 512. */
const PULLS_WAITING_MAX = 8_192;
/** With less the workers of one process would wait for each other's acks. */
const ACK_PENDING_MIN = 64;

/** The consumer of the work stream, from which all workers pull. */
export class DurableConsumer {
  readonly #options: ConsumerOptions;
  readonly #tell: (what: string, error?: unknown) => void;
  /** The server's limit of `max_ack_pending`, once it has refused more. */
  #ackPendingMax = Number.POSITIVE_INFINITY;

  constructor(options: ConsumerOptions, tell: (what: string, error?: unknown) => void) {
    this.#options = options;
    this.#tell = tell;
  }

  /** Deletes it and creates it anew at the stream's beginning: claims make the redelivery harmless. */
  async recreate(jsm: JetStreamManager): Promise<void> {
    const { workStream, consumer } = this.#options.wire;
    await jsm.consumers.delete(workStream, consumer).catch(unlessNotFound);
    await this.ensure(jsm);
  }

  /** Creates it where it is missing, and raises what is lower than this process needs. `onChanged` gets the names of it. */
  async ensure(jsm: JetStreamManager, onChanged?: (what: string) => void): Promise<void> {
    const { wire, ackWaitMs } = this.#options;
    const found = await jsm.consumers.info(wire.workStream, wire.consumer).catch(unlessNotFound);
    if (found === undefined) {
      await this.#withinAckLimit((max_ack_pending) =>
        jsm.consumers.add(wire.workStream, {
          durable_name: wire.consumer,
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(ackWaitMs),
          // The row counts attempts. A limit here would silently leave messages undelivered for ever.
          max_deliver: -1,
          // Messages that wait after a nak count too; at the cap no new message is delivered.
          max_ack_pending,
          max_waiting: PULLS_WAITING_MAX,
        }),
      );
      return;
    }
    const raised = this.raised(found.config);
    if (Object.keys(raised).length === 0) return;
    await this.#withinAckLimit(async (max_ack_pending) => {
      const { ack_wait, max_deliver } = raised;
      const pending = raised.max_ack_pending === undefined ? {} : { max_ack_pending };
      await jsm.consumers.update(wire.workStream, wire.consumer, {
        ...(ack_wait === undefined ? {} : { ack_wait }),
        ...(max_deliver === undefined ? {} : { max_deliver }),
        ...pending,
      });
    });
    onChanged?.(Object.keys(raised).join(', '));
  }

  /** The settings that are lower in the consumer than this process needs. The larger settings of another process stay. */
  raised({ ack_wait = 0, max_ack_pending = 0, max_deliver }: ConsumerConfig): Partial<ConsumerConfig> {
    const ackWait = nanos(this.#options.ackWaitMs);
    const ackPending = Math.min(this.#options.maxAckPending, this.#ackPendingMax);
    return {
      ...(ack_wait < ackWait ? { ack_wait: ackWait } : {}),
      // -1 is no limit.
      ...(max_ack_pending >= 0 && max_ack_pending < ackPending ? { max_ack_pending: ackPending } : {}),
      ...(max_deliver === -1 ? {} : { max_deliver: -1 }),
    };
  }

  /** The server says that its limit is exceeded, but not in a form to rely on: half as much is tried. */
  async #withinAckLimit(set: (maxAckPending: number) => Promise<unknown>): Promise<void> {
    for (;;) {
      const most = Math.min(this.#options.maxAckPending, this.#ackPendingMax);
      try {
        await set(most);
        return;
      } catch (error) {
        if (!isAboveAckLimit(error) || most <= ACK_PENDING_MIN) throw error;
        this.#ackPendingMax = Math.max(ACK_PENDING_MIN, Math.floor(most / 2));
        this.#tell(
          `${explain(error, '')}. Until then at most ${this.#ackPendingMax} messages can be in work or wait for another try`,
          withReason(error),
        );
      }
    }
  }
}
