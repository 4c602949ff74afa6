import { SmallSet } from '../../memory/small-set.ts';
import { ChannelsByAddress } from './channels-by-address.ts';
import { DocumentsInUse } from './documents-in-use.ts';
import { HeldBytes } from './held-bytes.ts';

/** A WebSocket or an event stream. */
export type Channel = { end: () => void };

type Options = {
  perSessionMax: number;
  perAddressMax: number;
  /** Is told the bytes that connections hold beyond their own ones. */
  onHeld?: (bytes: number) => void;
};

/**
 * The open WebSockets and event streams of this process by session. They are limited together, since one costs as much as
 * the other, and they end with their session.
 */
export class LiveChannels {
  readonly byAddress: ChannelsByAddress;
  /** The memory of all of them, and of the requests in flight. */
  readonly held: HeldBytes;
  readonly documents: DocumentsInUse;
  readonly #perSessionMax: number;
  readonly #bySession = new Map<string, SmallSet<Channel>>();

  /** A limit of 0 is none. */
  constructor({ perSessionMax, perAddressMax, onHeld }: Options) {
    this.#perSessionMax = perSessionMax;
    this.byAddress = new ChannelsByAddress(perAddressMax);
    this.held = new HeldBytes(onHeld);
    this.documents = new DocumentsInUse(this.held);
  }

  /** @returns false if the session has reached its limit */
  add(sessionId: string, channel: Channel): boolean {
    const open = this.#bySession.get(sessionId) ?? new SmallSet<Channel>();
    if (this.#perSessionMax > 0 && open.size >= this.#perSessionMax) return false;
    this.#bySession.set(sessionId, open);
    open.add(channel);
    return true;
  }

  remove(sessionId: string, channel: Channel): void {
    const open = this.#bySession.get(sessionId);
    open?.delete(channel);
    if (open?.size === 0) this.#bySession.delete(sessionId);
  }

  /** Ids of the sessions with an open channel. */
  sessions(): string[] {
    return [...this.#bySession.keys()];
  }

  end(sessionIds: readonly string[]): void {
    for (const id of sessionIds) for (const channel of this.#bySession.get(id) ?? []) channel.end();
  }
}
