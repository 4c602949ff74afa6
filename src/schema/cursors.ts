import { RequestError } from '../errors.ts';

/** An opaque cursor of a row's place in its list. */
export const toCursor = (place: string): string => Buffer.from(place).toString('base64url');

/**
 * The place in a cursor of `toCursor`.
 * @param read parses the place; undefined if it is malformed
 * @throws RequestError (BAD_USER_INPUT)
 */
export function fromCursor<Place>(cursor: string, read: (place: string) => Place | undefined): Place {
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = toCursor(text) === cursor ? read(text) : undefined;
  if (place === undefined) throw new RequestError('BAD_USER_INPUT', '"after" is not a cursor of this list.');
  return place;
}
