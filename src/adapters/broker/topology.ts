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

export type TopologyOptions = { wire: Wire; ackWaitMs: number; maxAckPending: number };

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Some 2 million waiting messages of 200 bytes; full means that publishes are refused and rows wait for room. */
const WORK_BYTES_MAX = 512 * MEBIBYTE;
const EVENTS_BYTES_MAX = 256 * MEBIBYTE;
const DEAD_BYTES_MAX = 64 * MEBIBYTE;
/** Long enough for the retries of one publish; the row and not this window makes the work idempotent. */
const DUPLICATE_WINDOW_MS = 2 * 60 * 1000;
/** Requests of all workers that may wait at once, up to one for each of their slots; the server's default is 512. */
const PULLS_WAITING_MAX = 8_192;
/** The first whose work queues and expectations (`Nats-Expected-Last-Subject-Sequence`) behave as this program needs. */
const SERVER_VERSION_MIN = [2, 9];

/**
 * Makes streams and consumer as they should be. What is there is left alone unless it differs in what this program
 * relies on, so that two versions of the program do not undo each other's settings for ever.
 * @throws TopologyError where the server or what it holds can't be used as it is.
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
  for (const config of streams(options.wire)) await ensureStream(jsm, config);
  await ensureConsumer(jsm, options);
}

/** Deletes the consumer and makes it anew at the stream's beginning: claims make the redelivery harmless. */
export async function recreateConsumer(jsm: JetStreamManager, options: TopologyOptions): Promise<void> {
  const { workStream, consumer } = options.wire;
  await jsm.consumers.delete(workStream, consumer).catch(ignoreNotFound);
  await ensureConsumer(jsm, options);
}

function streams(wire: Wire): (Partial<StreamConfig> & { name: string })[] {
  const common = { storage: StorageType.File, duplicate_window: nanos(DUPLICATE_WINDOW_MS) };
  return [
    {
      ...common,
      name: wire.workStream,
      subjects: [wire.submittedAll],
      retention: RetentionPolicy.Workqueue,
      // The old messages are work, so a full stream refuses new ones.
      discard: DiscardPolicy.New,
      max_bytes: WORK_BYTES_MAX,
    },
    {
      ...common,
      name: wire.eventsStream,
      subjects: [wire.completedAll],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(DAY_MS),
      max_bytes: EVENTS_BYTES_MAX,
    },
    {
      ...common,
      name: wire.deadStream,
      subjects: [wire.deadLetter],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(30 * DAY_MS),
      max_bytes: DEAD_BYTES_MAX,
    },
  ];
}

export function isTooOld(serverVersion: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(serverVersion) ?? [];
  // What says nothing of its version (a proxy) is given the benefit of the doubt.
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
    // Another process may be quicker by a moment, and the same configuration again is no error.
    await jsm.streams.add(config);
  }
}

async function ensureConsumer(jsm: JetStreamManager, options: TopologyOptions): Promise<void> {
  const { wire, ackWaitMs, maxAckPending } = options;
  const wanted: Partial<ConsumerConfig> & { durable_name: string } = {
    durable_name: wire.consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    // Attempts are counted in the row; here a limit would silently leave messages undelivered for ever.
    max_deliver: -1,
    // Messages that wait after a nak count too, and at the limit nothing new is delivered.
    max_ack_pending: maxAckPending,
    max_waiting: PULLS_WAITING_MAX,
  };
  try {
    const { config } = await jsm.consumers.info(wire.workStream, wire.consumer);
    const { ack_wait = 0, max_ack_pending = 0, max_deliver } = config;
    // Only upwards: a process with smaller settings is content with what a process with larger ones needs.
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

/** JetStream's error codes for a stream or consumer that is not there. */
const NOT_FOUND = new Set([10_059, 10_014]);

export function isNotFound(error: unknown): boolean {
  const code = (error as { api_error?: { err_code?: number } } | null)?.api_error?.err_code;
  return code !== undefined && NOT_FOUND.has(code);
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
