import type { IncomingMessage } from 'node:http';
import { RequestError } from '../../errors.ts';
import { isJsonObject } from '../../json-object.ts';
import { HttpError } from '../graphql/http-error.ts';

/** The answers to the largest questionnaire take about 10 KB, with free text 100 KB at most. */
export const BODY_BYTES_MAX = 256 * 1024;

const JSON_TYPE = /^application\/(json|graphql\+json)\s*(;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8"?\s*(;|$))/i;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The body of a JSON request, as text.
 * @throws RequestError (PAYLOAD_TOO_LARGE, BAD_REQUEST), HttpError (415)
 */
export async function readJsonBody(request: IncomingMessage): Promise<string> {
  requireJson(request);
  return decode(await readBytes(request));
}

/**
 * The body of a JSON request as text, '' if there is none. A chunked body may be empty; its type is then not checked.
 * @throws RequestError (PAYLOAD_TOO_LARGE, BAD_REQUEST), HttpError (415)
 */
export async function readOptionalJsonBody(request: IncomingMessage): Promise<string> {
  if (request.headers['transfer-encoding'] === undefined) return hasBody(request) ? await readJsonBody(request) : '';
  const bytes = await readBytes(request);
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

function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (declaresTooLarge(request)) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const endedEarly = (cause?: unknown): void => {
      // Every request closes: the check avoids the cost of an unused error.
      if (!request.readableEnded) reject(new RequestError('BAD_REQUEST', 'The body ended early.', { cause }));
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
      else {
        // The rest is read and discarded by `drainRequest` (src/server/http/failure.ts).
        chunks.length = 0;
        reject(tooLarge());
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', endedEarly);
    request.on('close', endedEarly);
  });
}
