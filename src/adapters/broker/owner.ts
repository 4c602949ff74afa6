import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager, StreamInfo } from 'nats';
import type { Wire } from '../../events.ts';
import { unlessNotFound } from './trouble.ts';

/**
 * Which installation the work stream belongs to, by the identity of its database, in the stream's metadata. Two
 * installations with one prefix would drop each other's messages as unknown.
 */
export type Owner = {
  /** Undefined for a stream of an earlier version of the program, or on a server without metadata. */
  database: string | undefined;
  /** The owner before, if its workers seemed to be gone. If they are not, they take the stream back. */
  takenFrom: string | undefined;
  /** The installation from which the stream was taken back. */
  refused: string | undefined;
};

const KEYS = { database: 'assay.database', takenFrom: 'assay.taken_from', refused: 'assay.refused' } as const;

export function readOwner({ config: { metadata = {} } }: StreamInfo): Owner {
  const of = (key: string): string | undefined => metadata[key] || undefined;
  return { database: of(KEYS.database), takenFrom: of(KEYS.takenFrom), refused: of(KEYS.refused) };
}

/** Metadata with this owner. */
export const withOwner = (owner: Partial<Owner>, metadata: Record<string, string> = {}): Record<string, string> => ({
  ...metadata,
  [KEYS.database]: owner.database ?? '',
  [KEYS.takenFrom]: owner.takenFrom ?? '',
  [KEYS.refused]: owner.refused ?? '',
});

/** Longer than the heartbeat by which the server finds out that a stopped worker's request has no reader. */
const LOOK_MS = 6_000;
/** For one from which the stream was taken back: the other one may only be paused. */
const LOOK_AGAIN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

/** Whether no worker of the other installation requests or gets messages, looked at for some seconds. */
export async function isAbandoned(
  jsm: JetStreamManager,
  { workStream, consumer }: Wire,
  wasRefused: boolean,
  lookMs = wasRefused ? LOOK_AGAIN_MS : LOOK_MS,
): Promise<boolean> {
  const look = () => jsm.consumers.info(workStream, consumer).catch(unlessNotFound);
  const first = await look();
  for (let passed = 0; passed < lookMs; passed += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
    const now = await look();
    if (now?.delivered.consumer_seq !== first?.delivered.consumer_seq) return false;
    if (passed + LOOK_EVERY_MS >= lookMs && (now?.num_waiting ?? 0) > 0) return false;
  }
  return true;
}
