import type { Socket } from 'node:net';

export type ProxyMode =
  | 'pass'
  /** The port is closed: new connections are refused, open ones are ended. */
  | 'down'
  /** Open and new connections get RST. */
  | 'reset'
  /** No bytes and no ends are carried. Waiting ones are carried with the next mode, as TCP would. */
  | 'blackHole'
  /** Half-open: the server's side is closed and the client never learns it, for each open and new connection, for good. */
  | 'halfOpen'
  /** Each piece is delayed, in order. */
  | { latencyMs: number; jitterMs?: number }
  /** After this many further bytes from a client, the client gets RST and the server an end. */
  | { cutAfterBytes: number }
  /**
   * Cuts the first connection whose client sends the text: right after carrying it, or (`answered`) after the server has
   * answered and before the client gets the answer. Other and later connections pass.
   */
  | { cutAt: string; answered?: boolean }
  /** The end of one side reaches the other with a delay. */
  | { slowCloseMs: number };

/** One connection through the proxy, and what the mode does to it. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #onCut: () => void;
  readonly #up: Direction;
  readonly #down: Direction;
  #mode: ProxyMode = 'pass';
  /** `severed`: further bytes of both sides are dropped. `doomed`: severed at the next bytes of the server. */
  #state: 'whole' | 'doomed' | 'severed' = 'whole';
  #carried = 0;
  #tail = '';

  constructor(client: Socket, upstream: Socket, onCut: () => void) {
    this.#client = client;
    this.#upstream = upstream;
    this.#onCut = onCut;
    this.#up = new Direction(client, upstream, (piece) => this.#fromClient(piece));
    this.#down = new Direction(upstream, client, (piece) => this.#fromServer(piece));
  }

  apply(mode: ProxyMode): void {
    if (this.#state !== 'whole') return;
    this.#mode = mode;
    this.#carried = 0;
    this.#tail = '';
    if (mode === 'reset') return this.#sever(() => this.#upstream.resetAndDestroy());
    if (mode === 'halfOpen') {
      this.#state = 'severed';
      this.#upstream.destroy();
    }
    for (const direction of [this.#up, this.#down]) direction.apply(mode);
  }

  end(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }

  /** The part of the piece to carry. */
  #fromClient(piece: Buffer): Buffer | undefined {
    if (this.#state === 'severed') return undefined;
    if (typeof this.#mode !== 'object') return piece;
    if ('cutAfterBytes' in this.#mode) return this.#countDown(piece, this.#mode.cutAfterBytes);
    if ('cutAt' in this.#mode) return this.#listenFor(piece, this.#mode);
    return piece;
  }

  #fromServer(piece: Buffer): Buffer | undefined {
    if (this.#state === 'doomed') this.#sever(() => this.#upstream.end());
    return this.#state === 'severed' ? undefined : piece;
  }

  #countDown(piece: Buffer, bytes: number): Buffer | undefined {
    const part = piece.subarray(0, bytes - this.#carried);
    this.#carried += piece.length;
    if (this.#carried < bytes) return part;
    this.#sever(() => this.#upstream.end(part));
    return undefined;
  }

  #listenFor(piece: Buffer, { cutAt, answered }: { cutAt: string; answered?: boolean }): Buffer | undefined {
    this.#tail = (this.#tail + piece.toString('latin1')).slice(-(cutAt.length + piece.length)); // the text may span pieces
    if (!this.#tail.includes(Buffer.from(cutAt).toString('latin1'))) return piece;
    this.#state = 'doomed'; // before the mode of the other connections changes
    this.#onCut();
    if (answered) return piece;
    this.#sever(() => this.#upstream.end(piece));
    return undefined;
  }

  #sever(endUpstream: () => void): void {
    this.#state = 'severed';
    this.#client.resetAndDestroy();
    endUpstream();
  }
}

/** Carries bytes from one side to the other, in order, each piece when it is due. */
class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #queue: { due: number; carry: () => void }[] = [];
  #mode: ProxyMode = 'pass';
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, filter: (piece: Buffer) => Buffer | undefined) {
    this.#from = from;
    this.#to = to;
    from.on('data', (piece: Buffer) => {
      const kept = filter(piece);
      if (kept) this.#enqueue(() => this.#write(kept));
    });
    from.on('end', () => this.#enqueue(() => to.end(), true));
    from.on('error', () => this.#enqueue(() => to.resetAndDestroy(), true));
    to.on('drain', () => this.#flow());
  }

  apply(mode: ProxyMode): void {
    this.#mode = mode;
    this.#flow();
    this.#flush();
  }

  #write(piece: Buffer): void {
    if (!this.#to.writable) return;
    if (!this.#to.write(piece)) this.#from.pause();
  }

  #flow(): void {
    if (this.#mode === 'blackHole') this.#from.pause();
    else if (!this.#to.writableNeedDrain) this.#from.resume();
  }

  #enqueue(carry: () => void, isEnd = false): void {
    if (this.#mode === 'halfOpen') return isEnd ? void this.#from.destroy() : undefined;
    const earliest = performance.now() + delayOf(this.#mode, isEnd);
    this.#queue.push({ due: Math.max(earliest, this.#queue.at(-1)?.due ?? 0), carry });
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    while (this.#mode !== 'blackHole') {
      const next = this.#queue[0];
      if (next === undefined) return;
      const wait = next.due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#flush(), wait);
        return;
      }
      this.#queue.shift();
      next.carry();
    }
  }
}

function delayOf(mode: ProxyMode, isEnd: boolean): number {
  if (typeof mode !== 'object') return 0;
  if ('latencyMs' in mode) return mode.latencyMs + Math.random() * (mode.jitterMs ?? 0);
  return isEnd && 'slowCloseMs' in mode ? mode.slowCloseMs : 0;
}
