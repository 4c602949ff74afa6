import {
  AckPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  nanos,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
} from 'nats';
import type { Wire } from '../../events.ts';
import { TopologyError } from './trouble.ts';

export type StreamKind = 'work' | 'events' | 'dead';

export type TopologyOptions = {
  wire: Wire;
  ackWaitMs: number;
  maxAckPending: number;
  /** Sizes of new streams in bytes. */
  room?: Partial<Record<StreamKind, number | undefined>>;
};

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Room for some 2 million messages of 200 bytes. A full stream refuses publishes; the rows wait until there is room. */
const WORK_BYTES_MAX = 512 * MEBIBYTE;
const EVENTS_BYTES_MAX = 256 * MEBIBYTE;
const DEAD_BYTES_MAX = 64 * MEBIBYTE;
/** Covers the retries of one publish. The row, not this window, makes the work idempotent. */
const DUPLICATE_WINDOW_MS = 2 * 60 * 1000;
/** Cap of waiting pull requests, up to one for each slot of all workers; the server's default is 512. */
const PULLS_WAITING_MAX = 8_192;
/** The first version whose work queues and expectations (`Nats-Expected-Last-Subject-Sequence`) fit this program. */
const SERVER_VERSION_MIN = [2, 9];

/**
 * Creates streams and consumer where they are missing. Existing ones are changed only in settings that this program relies
 * on, so that two versions of the program do not undo each other's settings for ever.
 * @throws TopologyError if the server or an existing stream can't be used
 */
export async function ensureTopology(
  jsm: JetStreamManager,
  serverVersion: string,
  options: TopologyOptions,
): Promise<void> {
  if (isTooOld(serverVersion))
    throw new TopologyError(
      `nats-server ${/^\d+\.\d+/.exec(serverVersion)?.[0]} is too old: use ${SERVER_VERSION_MIN.join('.')} or newer, or leave NATS_URL out`,
    );
  for (const config of streams(options)) await ensureStream(jsm, config);
  await ensureConsumer(jsm, options);
}

/** Deletes the consumer and creates it anew at the stream's beginning: claims make the redelivery harmless. */
export async function recreateConsumer(jsm: JetStreamManager, options: TopologyOptions): Promise<void> {
  const { workStream, consumer } = options.wire;
  await jsm.consumers.delete(workStream, consumer).catch(ignoreNotFound);
  await ensureConsumer(jsm, options);
}

function streams({ wire, room }: TopologyOptions): (Partial<StreamConfig> & { name: string })[] {
  const common = { storage: StorageType.File, duplicate_window: nanos(DUPLICATE_WINDOW_MS) };
  return [
    {
      ...common,
      name: wire.workStream,
      subjects: [wire.submittedAll],
      retention: RetentionPolicy.Workqueue,
      // The messages are work, so a full stream refuses new ones instead of dropping old ones.
      discard: DiscardPolicy.New,
      max_bytes: room?.work ?? WORK_BYTES_MAX,
    },
    {
      ...common,
      name: wire.eventsStream,
      subjects: [wire.completedAll],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(DAY_MS),
      max_bytes: room?.events ?? EVENTS_BYTES_MAX,
    },
    {
      ...common,
      name: wire.deadStream,
      subjects: [wire.deadLetter],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(30 * DAY_MS),
      max_bytes: room?.dead ?? DEAD_BYTES_MAX,
    },
  ];
}

export function isTooOld(serverVersion: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(serverVersion) ?? [];
  // A proxy may hide the version: it counts as new enough.
  if (major === undefined) return false;
  const [leastMajor = 0, leastMinor = 0] = SERVER_VERSION_MIN;
  return Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
}

async function ensureStream(jsm: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    const { config: found } = await jsm.streams.info(config.name);
    const fits = config.subjects?.every((subject) => found.subjects.includes(subject)) === true;
    if (!fits || found.retention !== config.retention)
      throw new TopologyError(
        `the stream ${config.name} was made for something else: remove it, or set NATS_PREFIX to another word`,
      );
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // No race with another process: adding the same configuration twice is no error.
    await jsm.streams.add(config);
  }
}

async function ensureConsumer(jsm: JetStreamManager, options: TopologyOptions): Promise<void> {
  const { wire, ackWaitMs, maxAckPending } = options;
  const wanted: Partial<ConsumerConfig> & { durable_name: string } = {
    durable_name: wire.consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    // The row counts attempts. A limit here would silently leave messages undelivered for ever.
    max_deliver: -1,
    // Messages that wait after a nak count too; at the cap no new message is delivered.
    max_ack_pending: maxAckPending,
    max_waiting: PULLS_WAITING_MAX,
  };
  try {
    const { config } = await jsm.consumers.info(wire.workStream, wire.consumer);
    const { ack_wait = 0, max_ack_pending = 0, max_deliver } = config;
    // Settings are only raised: a process with smaller ones works with the larger ones of another process.
    if (ack_wait < nanos(ackWaitMs) || max_ack_pending < maxAckPending || max_deliver !== -1)
      await jsm.consumers.update(wire.workStream, wire.consumer, {
        ack_wait: Math.max(ack_wait, nanos(ackWaitMs)),
        max_ack_pending: Math.max(max_ack_pending, maxAckPending),
        max_deliver: -1,
      });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await jsm.consumers.add(wire.workStream, wanted);
  }
}

/** JetStream's error codes for a missing stream or consumer. */
const NOT_FOUND = new Set([10_059, 10_014]);

export function isNotFound(error: unknown): boolean {
  const code = (error as { api_error?: { err_code?: number } } | null)?.api_error?.err_code;
  return code !== undefined && NOT_FOUND.has(code);
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
