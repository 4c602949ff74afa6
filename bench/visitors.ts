import { setTimeout as pause } from 'node:timers/promises';
import { fewAtATime } from '../test/support/few-at-a-time.ts';
import { Client } from './client.ts';
import { Tally } from './counts.ts';
import { Socket } from './socket.ts';

/** The sweep finds the end of a lost hint within 6 s: after this time without a push, none is expected. */
const SILENCE_MS = 20_000;
/** Enough sockets, so that no single one is the bottleneck. */
const COUNT = 4;
/** Time for duplicate pushes. */
const AFTERWARDS_MS = 300;

/** A few visitors who submit many assessments, each with a session and a socket for all its pushes. */
export class Visitors {
  readonly tally = new Tally();
  readonly #visitors: { token: string; socket: Socket }[] = [];
  readonly #client: Client;
  /** Callbacks for the first push of each assessment. */
  readonly #waiting = new Map<string, (at: number) => void>();
  /** A time of `performance.now()`, like all times here. */
  lastPushAt = 0;

  private constructor(url: string, keys: boolean) {
    this.#client = new Client(url, this.tally, keys);
  }

  static async connect(url: string, keys: boolean): Promise<Visitors> {
    const visitors = new Visitors(url, keys);
    try {
      await fewAtATime(COUNT, Array(COUNT).keys(), async () => {
        const token = await visitors.#client.startSession();
        visitors.#visitors.push({ token, socket: await Socket.open(url, token, visitors.#events) });
      });
    } catch (error) {
      await visitors.close();
      throw error;
    }
    return visitors;
  }

  /** Submits without a subscription, by the visitor `nth` modulo their number. */
  async submit(nth: number): Promise<string | undefined> {
    return await this.#client.submit(this.#visitor(nth).token);
  }

  async submitAndFollow(nth: number, onPush?: (at: number) => void): Promise<void> {
    const id = await this.submit(nth);
    if (id === undefined) return;
    if (onPush !== undefined) this.#waiting.set(id, onPush);
    this.#visitor(nth).socket.subscribe(id);
  }

  /** Resolves when `count` assessments are submitted, at most `inFlight` at a time. Pushes may come later. */
  async submitMany(count: number, inFlight: number): Promise<void> {
    await fewAtATime(inFlight, Array(count).keys(), (nth) => this.submitAndFollow(nth));
  }

  /** Warms up the compilers before a measurement. */
  async warmUp(count: number, inFlight: number): Promise<void> {
    await this.submitMany(count, inFlight);
    await this.allPushed();
  }

  /** Resolves when every accepted assessment is pushed, or after silence. */
  async allPushed(): Promise<void> {
    await untilAll(this.tally);
  }

  async close(): Promise<void> {
    for (const { socket } of this.#visitors) socket.close();
    await this.#client.close();
  }

  #visitor(nth: number): { token: string; socket: Socket } {
    const visitor = this.#visitors[nth % this.#visitors.length];
    if (visitor === undefined) throw new Error('no visitor has connected');
    return visitor;
  }

  readonly #events = {
    onPush: (id: string, at: number): void => {
      this.tally.pushed(id);
      this.lastPushAt = at;
      this.#waiting.get(id)?.(at);
      this.#waiting.delete(id);
    },
    onTrouble: (reason: string): void => this.tally.refused(reason),
  };
}

/** Waits until every accepted assessment is pushed, and a moment for duplicates; or for silence. */
export async function untilAll(tally: Tally): Promise<void> {
  let seen = tally.pushedCount;
  let deadline = performance.now() + SILENCE_MS;
  while (tally.pushedCount < tally.acceptedCount && performance.now() < deadline) {
    // oxlint-disable-next-line no-await-in-loop -- looks come one after another
    await pause(10);
    if (tally.pushedCount !== seen) deadline = performance.now() + SILENCE_MS;
    seen = tally.pushedCount;
  }
  await pause(AFTERWARDS_MS);
}
