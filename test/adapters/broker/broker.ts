import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { inject } from 'vitest';
import { Broker, type BrokerOptions, type WorkMessage } from '../../../src/adapters/broker.ts';
import { wire, type Wire } from '../../../src/events.ts';
import { until } from '../../support/wait.ts';

export type TestBroker = {
  broker: Broker;
  wire: Wire;
  prefix: string;
  /** Reports to the operator, oldest first. */
  troubles: string[];
  [Symbol.asyncDispose](): Promise<void>;
};

export type TestBrokerOptions = Partial<Omit<BrokerOptions, 'address' | 'wire'>> & {
  url?: string;
  /** To share streams with another process. @defaultValue streams of its own */
  prefix?: string;
  address?: Partial<BrokerOptions['address']>;
};

/** The broker adapter as one process of the program has it. */
export function openBroker({ url, prefix, address, ...options }: TestBrokerOptions = {}): TestBroker {
  const name = prefix ?? newPrefix();
  const troubles: string[] = [];
  const broker = new Broker({
    ackWaitMs: 15_000,
    maxAckPending: 1_000,
    onTrouble: (what) => void troubles.push(what),
    ...options,
    address: { url: url ?? inject('natsUrl'), name: 'test', ...address },
    wire: wire(name),
  });
  return { broker, wire: wire(name), prefix: name, troubles, [Symbol.asyncDispose]: () => broker.close() };
}

/** A broker adapter that is ready. */
export async function readyBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const opened = openBroker(options);
  if (await opened.broker.whenReady(10_000)) {
    // It is ready as soon as there is the stream of the work.
    await until(() => areMade(opened));
    return opened;
  }
  await opened.broker.close();
  throw new Error(`the broker is not ready: ${opened.troubles.join(', ')}`);
}

/** The streams of events and dead letters are there, too. */
export const areMade = ({ broker: { streams } }: TestBroker): boolean =>
  streams.events.state === 'ok' && streams.dead.state === 'ok';

export const newPrefix = (): string => `test_${randomBytes(5).toString('hex')}`;

export type Observer = {
  connection: NatsConnection;
  jsm: JetStreamManager;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A connection of the test beside the adapter, to read and change streams and to publish. */
export async function startObserver(url: string = inject('natsUrl')): Promise<Observer> {
  const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  const jsm = await connection.jetstreamManager({ checkAPI: false });
  return { connection, jsm, [Symbol.asyncDispose]: () => connection.close() };
}

export const submission = (given: { assessmentId?: string; dispatchNo?: number; onlyIfAbsent?: boolean } = {}) => ({
  assessmentId: randomUUID(),
  sessionId: randomUUID(),
  dispatchNo: 1,
  ...given,
});

/** Publishes `count` submissions and returns their ids. */
export async function publishMany({ broker }: Pick<TestBroker, 'broker'>, count: number): Promise<string[]> {
  const submissions = Array.from({ length: count }, () => submission());
  await Promise.all(submissions.map((each) => broker.publishSubmitted(each)));
  return submissions.map(({ assessmentId }) => assessmentId);
}

/** A worker that holds its messages until the test acknowledges them. */
export type Holder = {
  held: WorkMessage[];
  /** Ids of all deliveries, in their order. */
  got: string[];
  slots: number;
  pull: () => void;
  stop: () => void;
  /** Acknowledges the oldest message that it holds. */
  finishOne: () => void;
  waitFor: (count: number, label?: string) => Promise<void>;
};

export function startHolder({ broker }: Pick<TestBroker, 'broker'>, slots: number): Holder {
  const held: WorkMessage[] = [];
  const got: string[] = [];
  const queue = broker.consume(
    () => holder.slots - held.length,
    (message) => {
      got.push(message.assessmentId ?? 'none');
      held.push(message);
    },
  );
  const holder: Holder = {
    held,
    got,
    slots,
    pull: () => queue.pull(),
    stop: () => queue.stop(),
    finishOne: () => {
      held.shift()?.ack();
      queue.pull();
    },
    waitFor: async (count, label = `${count} deliveries`) => void (await until(() => got.length >= count, { label })),
  };
  return holder;
}

/** Number of pull requests that wait on the server. */
export async function waitingPulls(of: Pick<TestBroker, 'wire'>, url?: string): Promise<number> {
  await using observer = await startObserver(url);
  return (await observer.jsm.consumers.info(of.wire.workStream, of.wire.consumer)).num_waiting;
}
