import type { Network } from '../../assessments/networks.ts';
import { RequestError } from '../../errors.ts';

/**
 * Bytes that a connection may hold regardless of others: twice the largest submission of the built-in questionnaires, or
 * four subscriptions. 1,000 connections with it and the shared bytes stay below 50 MB, their sockets included.
 */
export const OWN_BYTES = 16 * 1024;
/** Of what a socket is sending and receiving, so many bytes do not count: a short message gets its response also without room. */
export const PASSING_BYTES = 4 * 1024;
/** Bytes that all connections of a process may hold beyond their own ones. */
export const SHARED_BYTES_MAX = 12 * 1024 * 1024;
/** A quarter of them for one address, so that no address takes them from the others. */
const SHARED_PART = 4;

export const HOLDS_TOO_MUCH = new RequestError(
  'RATE_LIMITED',
  'Too many bytes of unfinished requests and messages are held for this address, or for all. Send less at once, or try again shortly.',
  { retryAfterSeconds: 5 },
);

/** The memory that connections make this process hold: bodies, unfinished messages, unsent events, subscriptions. */
export class HeldBytes {
  readonly #sharedMax: number;
  readonly #onChange: (shared: number) => void;
  readonly #byNetwork = new Map<string, number>();
  #shared = 0;

  /** @param onChange is told the bytes in use beyond the own ones of connections */
  constructor(onChange: (shared: number) => void = () => {}, sharedMax = SHARED_BYTES_MAX) {
    this.#onChange = onChange;
    this.#sharedMax = sharedMax;
  }

  /** @param ownBytes that it may hold regardless of others */
  open(networks: readonly Network[], ownBytes = OWN_BYTES): Holding {
    return new Holding(this, networks, ownBytes);
  }

  /** @returns false, and takes nothing, if there is no room */
  take(networks: readonly Network[], bytes: number): boolean {
    if (this.#shared + bytes > this.#sharedMax) return false;
    for (const { key, share } of networks) {
      const most = Math.min(this.#sharedMax, (this.#sharedMax / SHARED_PART) * share);
      if ((this.#byNetwork.get(key) ?? 0) + bytes > most) return false;
    }
    this.#add(networks, bytes);
    return true;
  }

  giveBack(networks: readonly Network[], bytes: number): void {
    this.#add(networks, -bytes);
  }

  #add(networks: readonly Network[], bytes: number): void {
    this.#shared += bytes;
    this.#onChange(this.#shared);
    for (const { key } of networks) {
      const sum = (this.#byNetwork.get(key) ?? 0) + bytes;
      if (sum === 0) this.#byNetwork.delete(key);
      else this.#byNetwork.set(key, sum);
    }
  }
}

/** The bytes of one connection. */
export class Holding {
  readonly #all: HeldBytes;
  readonly #networks: readonly Network[];
  #own: number;
  #bytes = 0;

  constructor(all: HeldBytes, networks: readonly Network[], ownBytes: number) {
    this.#all = all;
    this.#networks = networks;
    this.#own = ownBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false, and holds nothing more, if there is no room or the connection is closed */
  hold(bytes: number): boolean {
    const more = this.#beyond(this.#bytes + bytes) - this.#beyond(this.#bytes);
    if (this.#own < 0 || (more > 0 && !this.#all.take(this.#networks, more))) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    if (this.#own < 0) return;
    const left = Math.max(0, this.#bytes - bytes);
    const less = this.#beyond(this.#bytes) - this.#beyond(left);
    if (less > 0) this.#all.giveBack(this.#networks, less);
    this.#bytes = left;
  }

  /** Releases everything; nothing can be held after it. */
  close(): void {
    this.release(this.#bytes);
    this.#own = -1;
  }

  #beyond(bytes: number): number {
    return Math.max(0, bytes - this.#own);
  }
}
