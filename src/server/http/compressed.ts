import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { parseAccept } from 'hono/utils/accept';

/** A shorter text goes into one packet either way. */
const COMPRESSED_FROM = 1_024;
/** Each takes 256 KB of memory until its turn on one of Node's few threads. A further response is sent as it is. */
const COMPRESSED_AT_ONCE_MAX = 16;
/** Half the time of level 6, for 5 % more bytes. */
const LEVEL = 4;

const compress = promisify(gzip);
let underWay = 0;

type Exchange = { request: IncomingMessage; response: ServerResponse };

/**
 * The bytes of a JSON response by gzip, which every client knows; undefined if it is to be sent as it is. Other sites and their
 * visitors never choose a part of such a response, otherwise its length could tell the rest (docs/decisions/0043).
 */
export async function compressed(
  { request, response }: Exchange,
  body: string | Uint8Array,
): Promise<Buffer<ArrayBuffer> | undefined> {
  if (body.length < COMPRESSED_FROM || !mayCompress({ request, response })) return undefined;
  if (underWay >= COMPRESSED_AT_ONCE_MAX) return undefined;
  underWay += 1;
  try {
    return await compress(body, { level: LEVEL });
  } finally {
    underWay -= 1;
  }
}

/** Whether the client takes gzip, and the response is not marked by `forbidCompression`. */
export const mayCompress = ({ request, response }: Exchange): boolean =>
  takesGzip(request.headers['accept-encoding']) && !String(response.getHeader('cache-control')).includes(NO_TRANSFORM);

const NO_TRANSFORM = 'no-transform';

/** For a response with a secret: proxies in front do not compress it either. */
export function forbidCompression(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('cache-control', `no-store, ${NO_TRANSFORM}`);
}

/** By RFC 9110, 12.5.3: `*` stands for the codings that are not named; one with `q=0` is refused. */
export function takesGzip(header: string | string[] | undefined = ''): boolean {
  const codings = parseAccept(String(header).toLowerCase());
  const weight = (name: string): number | undefined => codings.find(({ type }) => type === name)?.q;
  const ours = weight('gzip') ?? weight('*') ?? 0;
  return ours > 0 && ours >= (weight('identity') ?? 0);
}
