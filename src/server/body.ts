import type { IncomingMessage } from 'node:http';
import { RequestError } from '../errors.ts';

/** The largest questionnaire's answers take some 10 KB; free text brings it to 100 KB at most. */
export const BODY_BYTES_MAX = 256 * 1024;

const JSON_TYPE = /^application\/(json|graphql\+json)\s*(;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8"?\s*(;|$))/i;

/**
 * The body of a JSON request, as text.
 * @throws RequestError (PAYLOAD_TOO_LARGE, BAD_REQUEST, UnsupportedMediaType)
 */
export async function readJsonBody(request: IncomingMessage): Promise<string> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!JSON_TYPE.test(type) || OTHER_CHARSET.test(type))
    throw new UnsupportedMediaType('The body must be JSON in UTF-8: send "Content-Type: application/json".');
  if (encoding.toLowerCase() !== 'identity') throw new UnsupportedMediaType('Compressed bodies are not taken.');
  const bytes = await readBytes(request);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new RequestError('BAD_REQUEST', 'The body is not valid UTF-8.', { cause: error });
  }
}

/** As RequestError, with the status that HTTP has for it. */
export class UnsupportedMediaType extends RequestError {
  override readonly name = 'UnsupportedMediaType';

  constructor(message: string) {
    super('BAD_REQUEST', message);
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = (): RequestError =>
    new RequestError('PAYLOAD_TOO_LARGE', `The body is larger than ${BODY_BYTES_MAX / 1024} KB.`);
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES_MAX) {
        // The rest is not read; the connection ends with the answer.
        request.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new RequestError('BAD_REQUEST', 'The body ended early.')));
  });
}
