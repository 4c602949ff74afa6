import type { IncomingMessage } from 'node:http';
import { RequestError } from '../../errors.ts';
import { isJsonObject } from '../../json-object.ts';
import type { Room } from '../../memory/room.ts';
import { HOLDS_TOO_MUCH, OWN_BYTES } from '../graphql/held-bytes.ts';
import { HttpError } from '../graphql/http-error.ts';

/** The answers to the largest questionnaire take about 10 KB, with free text 100 KB at most. */
export const BODY_BYTES_MAX = 256 * 1024;

const JSON_TYPE = /^application\/(json|graphql\+json)\s*(;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8"?\s*(;|$))/i;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Opens the room for a body that is larger than what each connection may hold. */
type OpenRoom = () => Room;

/**
 * The body of a JSON request, as text.
 * @throws RequestError (PAYLOAD_TOO_LARGE, BAD_REQUEST, RATE_LIMITED), HttpError (415)
 */
export async function readJsonBody(request: IncomingMessage, room: OpenRoom): Promise<string> {
  requireJson(request);
  return decode(await readBytes(request, room));
}

/**
 * The body of a JSON request as text, '' if there is none. A chunked body may be empty; its type is then not checked.
 * @throws RequestError (PAYLOAD_TOO_LARGE, BAD_REQUEST, RATE_LIMITED), HttpError (415)
 */
export async function readOptionalJsonBody(request: IncomingMessage, room: OpenRoom): Promise<string> {
  if (request.headers['transfer-encoding'] === undefined)
    return hasBody(request) ? await readJsonBody(request, room) : '';
  const bytes = await readBytes(request, room);
  if (bytes.length > 0) requireJson(request);
  return decode(bytes);
}

function requireJson(request: IncomingMessage): void {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  // A form of another site can send the other types without a CORS preflight.
  if (!JSON_TYPE.test(type) || OTHER_CHARSET.test(type))
    throw new HttpError(415, 'The body must be JSON in UTF-8: send "Content-Type: application/json".');
  if (encoding.toLowerCase() !== 'identity') throw new HttpError(415, 'Compressed bodies are not taken.');
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new RequestError('BAD_REQUEST', 'The body is not valid UTF-8.', { cause: error });
  }
}

/** @throws RequestError (BAD_REQUEST) */
export function parseJsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RequestError('BAD_REQUEST', 'The body is not valid JSON.', { cause: error });
  }
  if (!isJsonObject(value)) throw new RequestError('BAD_REQUEST', 'The body must be one JSON object.');
  return value;
}

/** In HTTP/1.1 one of these two headers announces a body. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The declared size is over the limit, so the request can be refused before its body arrives. */
export const declaresTooLarge = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? 0) > BODY_BYTES_MAX;

const tooLarge = (): RequestError =>
  new RequestError('PAYLOAD_TOO_LARGE', `The body is larger than ${BODY_BYTES_MAX / 1024} KB.`);

function readBytes(request: IncomingMessage, room: OpenRoom): Promise<Buffer> {
  if (declaresTooLarge(request)) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const body = new GrowingBuffer(room);
    let isRefused = false;
    const endedEarly = (cause?: unknown): void => {
      // Every request closes: the check avoids the cost of an unused error.
      if (!request.readableEnded) reject(new RequestError('BAD_REQUEST', 'The body ended early.', { cause }));
    };
    request.on('data', (chunk: Buffer) => {
      if (isRefused) return;
      try {
        body.append(chunk);
      } catch (error) {
        // The rest is read and discarded by `drainRequest` (src/server/http/failure.ts).
        isRefused = true;
        body.clear();
        reject(error);
      }
    });
    request.on('end', () => resolve(body.content));
    request.on('error', endedEarly);
    request.on('close', endedEarly);
  });
}

/**
 * The bytes of a body as they arrive. They are copied: a list of chunks of one byte would take a hundred times as much, since
 * each chunk is an object.
 */
class GrowingBuffer {
  readonly #room: OpenRoom;
  #bytes = Buffer.alloc(0);
  #size = 0;
  #held = 0;

  constructor(room: OpenRoom) {
    this.#room = room;
  }

  get content(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** @throws RequestError (PAYLOAD_TOO_LARGE, RATE_LIMITED) */
  append(chunk: Buffer): void {
    const size = this.#size + chunk.length;
    if (size > BODY_BYTES_MAX) throw tooLarge();
    if (size > this.#bytes.length) this.#grow(Math.min(BODY_BYTES_MAX, Math.max(size, 2 * this.#bytes.length)));
    chunk.copy(this.#bytes, this.#size);
    this.#size = size;
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#size = 0;
  }

  #grow(capacity: number): void {
    // Smaller bodies need no account: a connection has one at a time.
    if (capacity > OWN_BYTES) {
      if (!this.#room().hold(capacity - this.#held)) throw HOLDS_TOO_MUCH;
      this.#held = capacity;
    }
    const grown = Buffer.allocUnsafe(capacity);
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
  }
}
