import {
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  nanos,
  type ConsumerInfo,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import { DurableConsumer, type ConsumerOptions } from './durable-consumer.ts';
import { isAbandoned, readOwner, withOwner } from './owner.ts';
import {
  explain,
  hasTooFewNodes,
  isMadeOtherwise,
  isTooLarge,
  TopologyError,
  unlessNotFound,
  withReason,
} from './trouble.ts';

export type StreamKind = 'work' | 'events' | 'dead';

export type TopologyOptions = ConsumerOptions & {
  /** Of each stream. By default 3 on a cluster, else 1. Raised on streams that are there, never lowered. */
  replicas?: number | undefined;
  /** Sizes of the streams in bytes, kept to: a stream that they leave no room for is not made. */
  room?: Partial<Record<StreamKind, number | undefined>>;
  /** Sizes where none is given: they are halved until the server has room. */
  usualRoom?: Readonly<Record<StreamKind, number>>;
  /** The database of this installation. Streams of another one are not used. Undefined: not compared. */
  database?: string | undefined;
  /** False for a process that only creates what is missing, without the right to change it. */
  mends?: boolean;
};

/** The server's own description at a connect. */
export type ServerInfo = { version: string; cluster?: string | undefined };
/** In words for an operator. */
export type Tell = (what: string, error?: unknown) => void;

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Room for some 2 million messages of 200 bytes. A full stream refuses publishes; the rows wait until there is room. */
const BYTES_MAX: Readonly<Record<StreamKind, number>> = {
  work: 512 * MEBIBYTE,
  events: 256 * MEBIBYTE,
  dead: 64 * MEBIBYTE,
};
/** Default sizes are halved down to this one where the server has no room. */
const BYTES_MIN = 8 * MEBIBYTE;
/** Covers the retries of one publish. The row, not this window, makes the work idempotent. */
const DUPLICATE_WINDOW_MS = 2 * 60 * 1000;
/** The first version whose work queues and expectations (`Nats-Expected-Last-Subject-Sequence`) fit this program. */
const SERVER_VERSION_MIN = [2, 9];
/** The first version with metadata of streams. On an older one installations can't be told apart. */
const METADATA_VERSION_MIN = [2, 10];
/** A stream survives the loss of one node with this many replicas. */
const CLUSTER_REPLICAS = 3;
/** Pause before a refused change is tried again; each try may move data between nodes. */
const CHANGE_AGAIN_MS = 30_000;

type Wanted = Partial<StreamConfig> & { name: string; subjects: string[]; max_bytes: number; num_replicas: number };

/**
 * Streams and consumer on the server, each ensured by itself: created where it is missing, changed only in what this program
 * relies on and only upwards, so that two versions of the program do not undo each other's settings for ever.
 */
export class Topology {
  readonly #options: TopologyOptions;
  readonly #tell: Tell;
  readonly #consumer: DurableConsumer;
  /** This process has worked with the streams as their owner. */
  #hasOwned = false;
  readonly #changedAt = new Map<string, number>();

  constructor(options: TopologyOptions, tell: Tell) {
    this.#options = options;
    this.#tell = tell;
    this.#consumer = new DurableConsumer(options, tell);
  }

  /**
   * The work stream and its consumer: all that is needed to work.
   * @throws TopologyError if the server or an existing stream can't be used, or what the client throws
   */
  async ensureWork(jsm: JetStreamManager, server: ServerInfo): Promise<void> {
    if (isOlder(server.version, SERVER_VERSION_MIN))
      throw new TopologyError(
        `nats-server ${/^\d+\.\d+/.exec(server.version)?.[0]} is too old: use ${SERVER_VERSION_MIN.join('.')} or newer, or leave NATS_URL out`,
      );
    await this.#ensureStream(jsm, server, 'work');
    const stream = this.#options.wire.workStream;
    await this.#consumer.ensure(jsm, (names) => {
      if (this.#hasOwned) this.#tell(`the consumer of ${stream} was changed by another program: ${names} set back`);
    });
    this.#hasOwned = true;
  }

  /** A stream for other services. @throws as above */
  async ensureForOthers(jsm: JetStreamManager, server: ServerInfo, kind: 'events' | 'dead'): Promise<void> {
    await this.#ensureStream(jsm, server, kind);
  }

  /** Tries again to give the work stream as many replicas as it should have. Not a stream of another installation. */
  async raiseWork(jsm: JetStreamManager, server: ServerInfo): Promise<void> {
    const wanted = this.#wanted('work', server);
    const found = await jsm.streams.info(wanted.name);
    if (!this.isOfAnother(found)) await this.#mend(jsm, 'work', found, wanted);
  }

  /** Whether the stream belongs to another installation, whose messages are none of this one's business. */
  isOfAnother(stream: StreamInfo): boolean {
    const { database } = readOwner(stream);
    return this.#options.database !== undefined && database !== undefined && database !== this.#options.database;
  }

  /** Whether another program has changed what the work relies on, or the streams belong to another database. */
  needsMending(stream: StreamInfo, consumer?: ConsumerInfo): boolean {
    return (
      this.isOfAnother(stream) ||
      Object.keys(losing(stream.config)).length > 0 ||
      !hasSubjects(stream, [this.#options.wire.submittedAll]) ||
      (consumer !== undefined && Object.keys(this.#consumer.raised(consumer.config)).length > 0)
    );
  }

  /** See DurableConsumer. */
  async recreateConsumer(jsm: JetStreamManager): Promise<void> {
    await this.#consumer.recreate(jsm);
  }

  #wanted(kind: StreamKind, server: ServerInfo): Wanted {
    const { wire, room, usualRoom = BYTES_MAX, replicas, database } = this.#options;
    const common = {
      storage: StorageType.File,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
      max_bytes: room?.[kind] ?? usualRoom[kind],
      num_replicas: replicas ?? (server.cluster === undefined ? 1 : CLUSTER_REPLICAS),
      ...(database !== undefined && hasMetadata(server) ? { metadata: withOwner({ database }) } : {}),
    };
    // The messages of the work stream are work, so a full stream refuses new ones instead of dropping old ones.
    if (kind === 'work')
      return {
        ...common,
        name: wire.workStream,
        subjects: [wire.submittedAll],
        retention: RetentionPolicy.Workqueue,
        discard: DiscardPolicy.New,
      };
    const [name, subject, days] =
      kind === 'events'
        ? ([wire.eventsStream, wire.completedAll, 1] as const)
        : ([wire.deadStream, wire.deadLetter, 30] as const);
    const limits = { retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old, max_age: nanos(days * DAY_MS) };
    return { ...common, name, subjects: [subject], ...limits };
  }

  async #ensureStream(jsm: JetStreamManager, server: ServerInfo, kind: StreamKind): Promise<void> {
    const wanted = this.#wanted(kind, server);
    let found = await this.#look(jsm, wanted.name);
    if (found === undefined) {
      await this.#create(jsm, kind, wanted);
      found = await jsm.streams.info(wanted.name);
    }
    if (!hasSubjects(found, wanted.subjects) || found.config.retention !== wanted.retention)
      throw new TopologyError(
        `the stream ${wanted.name} was made for something else: remove it, or set NATS_PREFIX to another word`,
      );
    if (kind === 'work' && hasMetadata(server)) await this.#own(jsm, found);
    if (this.#options.mends !== false) await this.#mend(jsm, kind, found, wanted);
    if (found.config.num_replicas === 1 && wanted.num_replicas === CLUSTER_REPLICAS && this.#options.mends !== false)
      this.#tell(
        `the stream ${wanted.name} has one replica on a NATS cluster: the loss of its node stops it. Three are set as soon as three nodes have room for it`,
      );
  }

  /** Not by a listing, for which this program has no right. */
  async #look(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
    return await jsm.streams.info(name).catch(unlessNotFound);
  }

  /** With fewer replicas, or smaller where no size was given, if the server has no place for more. */
  async #create(jsm: JetStreamManager, kind: StreamKind, wanted: Wanted): Promise<void> {
    const isFixed = this.#options.room?.[kind] !== undefined;
    let config = wanted;
    let refusal: unknown;
    for (;;) {
      try {
        // No race with another process: adding the same configuration twice is no error.
        await jsm.streams.add(config);
        break;
      } catch (error) {
        if (isMadeOtherwise(error)) return;
        refusal = error;
        if (hasTooFewNodes(error) && config.num_replicas > 1) config = { ...config, num_replicas: 1 };
        else if (isTooLarge(error) && !isFixed && config.max_bytes / 2 >= BYTES_MIN)
          config = { ...config, max_bytes: config.max_bytes / 2 };
        else throw error;
      }
    }
    if (config.max_bytes < wanted.max_bytes)
      this.#tell(
        `the stream ${config.name} has ${config.max_bytes / MEBIBYTE} MB instead of ${wanted.max_bytes / MEBIBYTE}, since ${explain(refusal, 'the broker has no room for more')}`,
        withReason(refusal),
      );
  }

  /** @throws TopologyError if the stream belongs to another installation whose workers use it */
  async #own(jsm: JetStreamManager, found: StreamInfo): Promise<void> {
    const { database, wire, mends } = this.#options;
    const { name, metadata } = found.config;
    const owner = readOwner(found);
    if (database === undefined || owner.database === database) return;
    if (owner.database === undefined) {
      // Made by an earlier version of the program.
      const noted = { metadata: withOwner({ database }, metadata) };
      if (mends !== false) await this.#change(jsm, name, noted, 'the database that it belongs to could not be noted');
      return;
    }
    const another = `the stream ${name} belongs to another installation, which has another database: set NATS_PREFIX to another word for one of the two`;
    if (mends === false) throw new TopologyError(another);
    // Taken over while this process works with it: the other one has to go.
    const isBack = this.#hasOwned && owner.takenFrom === database;
    const refused = `${another}. Once the workers of the other one are stopped, the stream is taken over`;
    if (!isBack) {
      // The look takes a while.
      this.#tell(refused);
      if (!(await isAbandoned(jsm, wire, owner.refused === database))) throw new TopologyError(refused);
    }
    const before = isBack ? { refused: owner.database } : { takenFrom: owner.database };
    await jsm.streams.update(name, { metadata: withOwner({ database, ...before }, metadata) });
    this.#tell(
      isBack
        ? `another installation, which has another database, began to use the stream ${name}, and it was taken back: set NATS_PREFIX to another word for one of the two`
        : `the stream ${name} belonged to an installation with another database, whose workers are gone: it was taken over`,
    );
  }

  async #mend(jsm: JetStreamManager, kind: StreamKind, { config }: StreamInfo, wanted: Wanted): Promise<void> {
    const { name } = config;
    const lost = kind === 'work' ? losing(config) : {};
    if (Object.keys(lost).length > 0) {
      const changed = `was changed so that work could be lost: ${namesOf(lost)}`;
      if (await this.#change(jsm, name, lost, changed)) this.#tell(`the stream ${name} ${changed} set back`);
    }
    if (config.num_replicas < wanted.num_replicas) {
      const raised = { num_replicas: wanted.num_replicas };
      if (await this.#change(jsm, name, raised, `${wanted.num_replicas} replicas were refused`))
        config.num_replicas = wanted.num_replicas;
    }
    const size = this.#options.room?.[kind];
    if (size !== undefined && config.max_bytes > 0 && config.max_bytes < size)
      await this.#change(jsm, name, { max_bytes: size }, `more room was refused`);
  }

  /** A change without which the program works, too: a refusal is told, and tried again later. */
  async #change(jsm: JetStreamManager, name: string, to: Partial<StreamConfig>, refused: string): Promise<boolean> {
    const key = `${name} ${namesOf(to)}`;
    if (performance.now() - (this.#changedAt.get(key) ?? Number.NEGATIVE_INFINITY) < CHANGE_AGAIN_MS) return false;
    this.#changedAt.set(key, performance.now());
    try {
      await jsm.streams.update(name, to);
      return true;
    } catch (error) {
      this.#tell(`the stream ${name}: ${refused}: ${explain(error, 'the broker says why')}`, withReason(error));
      return false;
    }
  }
}

/** Settings of the work stream that lose work, set back. Its room is its owner's choice: a full stream loses nothing. */
function losing({ discard, max_age }: StreamConfig): Partial<StreamConfig> {
  return {
    ...(discard === DiscardPolicy.New ? {} : { discard: DiscardPolicy.New }),
    ...(max_age === 0 ? {} : { max_age: 0 }),
  };
}

const namesOf = (settings: object): string => Object.keys(settings).join(', ');

const hasSubjects = ({ config }: StreamInfo, subjects: readonly string[]): boolean =>
  subjects.every((subject) => config.subjects?.includes(subject));

const hasMetadata = ({ version }: ServerInfo): boolean =>
  /^\d+\.\d+/.test(version) && !isOlder(version, METADATA_VERSION_MIN);

export const isTooOld = (serverVersion: string): boolean => isOlder(serverVersion, SERVER_VERSION_MIN);

/** A proxy may hide the version: it counts as new enough. */
function isOlder(version: string, [leastMajor = 0, leastMinor = 0]: readonly number[]): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  return Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
}
