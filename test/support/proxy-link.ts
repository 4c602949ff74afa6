import type { Socket } from 'node:net';

export type ProxyMode =
  | 'pass'
  /** Nobody listens: connections are refused, the open ones are ended. */
  | 'down'
  /** Every connection gets RST, the open ones and each new one. */
  | 'reset'
  /** Nothing is carried in either direction, no end either; what waits is carried when another mode comes, as TCP would. */
  | 'blackHole'
  /** The far side is gone and this side was never told: for each open and new connection, for good. */
  | 'halfOpen'
  /** Each piece is carried that much later, in order. */
  | { latencyMs: number; jitterMs?: number }
  /** So many bytes from each client are carried, counted from now on; then the client gets RST and the server an end. */
  | { cutAfterBytes: number }
  /**
   * The first connection whose client says `pattern` is cut: at once after carrying it, or (`answered`) when the server
   * has answered it and before the client hears so. Other connections pass, and so does all that comes later.
   */
  | { cutAt: string; answered?: boolean }
  /** The end of one side reaches the other that much later. */
  | { slowCloseMs: number };

/** One connection through the proxy, and what the mode does to it. */
export class Link {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #onCut: () => void;
  readonly #up: Direction;
  readonly #down: Direction;
  #mode: ProxyMode = 'pass';
  /** `severed`: what either side still says is thrown away. `doomed`: severed as soon as the server answers. */
  #state: 'whole' | 'doomed' | 'severed' = 'whole';
  #carried = 0;
  #said = '';

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
    this.#said = '';
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

  /** The part of the piece that is carried on. */
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
    this.#said = (this.#said + piece.toString('latin1')).slice(-(cutAt.length + piece.length)); // it may span pieces
    if (!this.#said.includes(Buffer.from(cutAt).toString('latin1'))) return piece;
    this.#state = 'doomed'; // before the others are told to pass
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

/** Carries what one side says to the other, in order, each piece when it is due. */
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
