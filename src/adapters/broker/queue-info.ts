import type { JetStreamManager } from 'nats';
import type { Wire } from '../../events.ts';

/** State of the work stream and its consumer. The two are read one after the other, so they may not match exactly. */
export type QueueInfo = {
  messages: number;
  firstSequence: number;
  lastSequence: number;
  pending: number;
  ackPending: number;
  deliveredSequence: number;
  /** Every message up to this sequence number is acknowledged, so the work queue holds none below it. */
  ackFloorSequence: number;
};

export async function readQueueInfo(jsm: JetStreamManager, { workStream, consumer }: Wire): Promise<QueueInfo> {
  const [{ state }, info] = await Promise.all([jsm.streams.info(workStream), jsm.consumers.info(workStream, consumer)]);
  return {
    messages: state.messages,
    firstSequence: state.first_seq,
    lastSequence: state.last_seq,
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    deliveredSequence: info.delivered.stream_seq,
    ackFloorSequence: info.ack_floor.stream_seq,
  };
}
