import { setImmediate } from 'node:timers/promises';

/** A reply with more bytes or pieces than any useful one. It is most likely charged, so it counts as a reply. */
export class ReplyTooLarge extends Error {
  override readonly name = 'ReplyTooLarge';
}

/**
 * Limit of one reply. The longest useful one has some 150,000 characters, but in a stream each of its 8,000 tokens comes
 * in an event of some 400 bytes.
 */
export const REPLY_BYTES_MAX = 8 * 1024 * 1024;

/** Limit of one JSON text, which blocks the event loop while it is parsed: an event of a stream, or a reply in one piece. */
export const JSON_BYTES_MAX = 1024 * 1024;

/** Limit of chunks and lines. A stream with an event for each character of 8,000 tokens has some 100,000. */
export const PIECES_MAX = 200_000;

/** The event loop is released after so many bytes, since each event of a stream takes some microseconds. */
const SLICE_BYTES = 16 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Gathers an unpacked reply that is parsed in one go.
 * @throws ReplyTooLarge, or an error of the connection
 */
export async function inOnePiece(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > JSON_BYTES_MAX) throw new ReplyTooLarge(`the reply has over ${JSON_BYTES_MAX} bytes`);
    gathered.push(chunk);
  }
  return Buffer.concat(gathered, bytes);
}

/**
 * Passes unpacked server-sent events on, slice by slice.
 * @throws ReplyTooLarge, or an error of the connection
 */
export async function* inSlices(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const count = counter();
  for await (const chunk of chunks) {
    count(chunk);
    for (let at = 0; at < chunk.byteLength; at += SLICE_BYTES) {
      yield chunk.subarray(at, at + SLICE_BYTES);
      // oxlint-disable-next-line no-await-in-loop -- one slice after another
      await setImmediate();
    }
  }
}

/** Counts chunks and throws ReplyTooLarge beyond the limits. A blank line separates two events. */
function counter(): (chunk: Uint8Array) => void {
  let bytes = 0;
  let jsonBytes = 0;
  let pieces = 0;
  let lineIsBlank = true;
  let before = 0;
  return (chunk) => {
    bytes += chunk.byteLength;
    pieces += 1;
    for (const byte of chunk) {
      jsonBytes += 1;
      if (byte !== LF && byte !== CR) lineIsBlank = false;
      else if (byte === CR || before !== CR) {
        pieces += 1;
        if (lineIsBlank) jsonBytes = 0;
        lineIsBlank = true;
      }
      before = byte;
      if (jsonBytes > JSON_BYTES_MAX)
        throw new ReplyTooLarge(`the reply has a JSON text of over ${JSON_BYTES_MAX} bytes`);
    }
    if (bytes > REPLY_BYTES_MAX) throw new ReplyTooLarge(`the reply has over ${REPLY_BYTES_MAX} bytes`);
    if (pieces > PIECES_MAX) throw new ReplyTooLarge(`the reply has over ${PIECES_MAX} pieces`);
  };
}
