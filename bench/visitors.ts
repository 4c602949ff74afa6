import { setTimeout as pause } from 'node:timers/promises';
import { fewAtATime } from '../test/support/few-at-a-time.ts';
import { Client } from './client.ts';
import { Tally } from './counts.ts';
import { Socket } from './socket.ts';

/** The backstop finds a lost hint's end within 6 s: after this time without any push, none will come. */
const SILENCE_MS = 20_000;
/** Enough that no socket is what the others wait for. */
const COUNT = 4;
/** For a push that comes once more. */
const AFTERWARDS_MS = 300;

/** A few people who submit many assessments, each with a session and a socket over which all of theirs are pushed. */
export class Visitors {
  readonly tally = new Tally();
  readonly #visitors: { token: string; socket: Socket }[] = [];
  readonly #client: Client;
  /** What to call for the first push of an assessment. */
  readonly #waiting = new Map<string, (at: number) => void>();
  /** At times of `performance.now()`, as all times here. */
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

  /** Without a subscription. The visitors take turns. */
  async submit(turn: number): Promise<string | undefined> {
    return await this.#client.submit(this.#visitor(turn).token);
  }

  async submitAndFollow(turn: number, onPush?: (at: number) => void): Promise<void> {
    const id = await this.submit(turn);
    if (id === undefined) return;
    if (onPush !== undefined) this.#waiting.set(id, onPush);
    this.#visitor(turn).socket.subscribe(id);
  }

  /** Resolves when so many are submitted, a few at the same time. Their pushes come when they come. */
  async submitMany(count: number, inFlight: number): Promise<void> {
    await fewAtATime(inFlight, Array(count).keys(), (turn) => this.submitAndFollow(turn));
  }

  /** What is measured next must not be the compilers' work. */
  async warmUp(count: number, inFlight: number): Promise<void> {
    await this.submitMany(count, inFlight);
    await this.allPushed();
  }

  /** Resolves when all that was accepted is pushed, or nothing is pushed any more. */
  async allPushed(): Promise<void> {
    await untilAll(this.tally);
  }

  async close(): Promise<void> {
    for (const { socket } of this.#visitors) socket.close();
    await this.#client.close();
  }

  #visitor(turn: number): { token: string; socket: Socket } {
    const visitor = this.#visitors[turn % this.#visitors.length];
    if (visitor === undefined) throw new Error('nobody has connected');
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

/** Every accepted one pushed, and a moment more for what comes twice; or silence. */
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
