import { RequestError } from '../../../errors.ts';
import type { Context } from '../../../schema/context.ts';
import type { Exchange } from '../exchange.ts';
import { sendShared } from './shared-body.ts';

const NOT_FOUND = new RequestError('NOT_FOUND', 'There is no such image.');

/**
 * Sends an image by its hash. Anybody may see it, and caches may keep it for ever.
 * @throws RequestError (NOT_FOUND), UnavailableError
 */
export async function sendImage(exchange: Exchange, { services }: Context, sha256: string): Promise<Response> {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw NOT_FOUND;
  const image = await services.images.find(sha256);
  if (image === undefined) throw NOT_FOUND;
  const etag = `"${sha256}"`;
  const headers = { etag, 'cache-control': 'public, max-age=31536000, immutable', vary: 'origin' };
  const known = exchange.request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.some((tag) => tag === etag || tag === '*')) return sendShared(exchange, NO_BODY, headers, 304);
  return sendShared(exchange, image.bytes, { ...headers, 'content-type': image.type });
}

const NO_BODY = new Uint8Array();
