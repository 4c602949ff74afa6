import type { ConsumerInfo, StreamInfo } from 'nats';

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

export const toQueueInfo = ({ state }: StreamInfo, consumer: ConsumerInfo): QueueInfo => ({
  messages: state.messages,
  firstSequence: state.first_seq,
  lastSequence: state.last_seq,
  pending: consumer.num_pending,
  ackPending: consumer.num_ack_pending,
  deliveredSequence: consumer.delivered.stream_seq,
  ackFloorSequence: consumer.ack_floor.stream_seq,
});
