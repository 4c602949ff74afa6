import { pipeline, type Readable, type Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** Unpacked text is passed on as it comes, and a body that ends too early is accepted, as in browsers. */
const lenient = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const lenientBrotli = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };

/** RFC 9659, 3: the window has 8 MB at most. zlib would take 128 MB. */
const zstdWindow = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

/** RFC 9110, 8.4.1. Some servers send `deflate` without zlib's header, so its first byte decides. */
const unpackers = new Map<string, (first: number) => Transform>([
  ['gzip', () => createGunzip(lenient)],
  ['x-gzip', () => createGunzip(lenient)],
  ['deflate', (first) => ((first & 0x0f) === 0x08 ? createInflate(lenient) : createInflateRaw(lenient))],
  ['br', () => createBrotliDecompress(lenientBrotli)],
  ['zstd', () => createZstdDecompress(zstdWindow)],
]);

/** The chunks of a body without its content coding. A body with an unknown coding is passed on unchanged. */
export function unpacked(body: Readable, coding: string): AsyncIterable<Uint8Array> {
  const unpackerOf = unpackers.get(coding.trim().toLowerCase());
  return unpackerOf === undefined ? body : unpackedBy(unpackerOf, body);
}

async function* unpackedBy(unpackerOf: (first: number) => Transform, body: Readable): AsyncGenerator<Uint8Array> {
  try {
    const packed: AsyncIterator<Uint8Array, undefined> = body[Symbol.asyncIterator]();
    const { value: first } = await packed.next();
    if (first === undefined) return;
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield first;
      yield* { [Symbol.asyncIterator]: () => packed };
    };
    // Iterating throws the errors of both streams.
    yield* pipeline(all, unpackerOf(first[0] ?? 0), () => {});
  } finally {
    body.destroy();
  }
}
