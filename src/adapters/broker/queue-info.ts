import type { JetStreamManager } from 'nats';
import type { Wire } from '../../events.ts';

/** How work stream and consumer stand to each other. The two are not read in the same moment. */
export type QueueInfo = {
  messages: number;
  firstSequence: number;
  lastSequence: number;
  pending: number;
  ackPending: number;
  deliveredSequence: number;
  /** Everything up to it is acknowledged, so that a work queue holds nothing below it. */
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
