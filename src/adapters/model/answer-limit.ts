import { setImmediate } from 'node:timers/promises';

/** The answer has more bytes or pieces than an answer of use. It came, and was most likely charged. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/**
 * Of one answer. The longest one of use has some 150,000 characters, but in a stream each of its 8,000 tokens at most
 * comes with some 400 bytes around it.
 */
export const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

/** Of one JSON text, which is parsed in one go while everybody else waits: an event of a stream, or an answer in one piece. */
export const JSON_BYTES_MAX = 1024 * 1024;

/** Chunks and lines. A stream with an event for each character of 8,000 tokens has some 100,000. */
export const PIECES_MAX = 200_000;

/** Everybody else has a turn after so many bytes, since each event of a stream takes some microseconds. */
const SLICE_BYTES = 16 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * An unpacked answer that is parsed in one go.
 * @throws AnswerTooLarge, or what the connection throws
 */
export async function inOnePiece(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > JSON_BYTES_MAX) throw new AnswerTooLarge(`the answer has over ${JSON_BYTES_MAX} bytes`);
    gathered.push(chunk);
  }
  return Buffer.concat(gathered, bytes);
}

/**
 * Passes unpacked server-sent events on, slice by slice.
 * @throws AnswerTooLarge, or what the connection throws
 */
export async function* inTurns(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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

/** Throws AnswerTooLarge beyond the limits. A blank line separates two events. */
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
        throw new AnswerTooLarge(`the answer has a JSON text of over ${JSON_BYTES_MAX} bytes`);
    }
    if (bytes > ANSWER_BYTES_MAX) throw new AnswerTooLarge(`the answer has over ${ANSWER_BYTES_MAX} bytes`);
    if (pieces > PIECES_MAX) throw new AnswerTooLarge(`the answer has over ${PIECES_MAX} pieces`);
  };
}
