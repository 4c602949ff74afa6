import { RequestError } from '../errors.ts';

/** A row's place in its list, in a form that no client need look into. */
export const toCursor = (place: string): string => Buffer.from(place).toString('base64url');

/**
 * The place that `toCursor` was given, as `read` understands it.
 * @throws RequestError (BAD_USER_INPUT) if it was given none such.
 */
export function fromCursor<Place>(cursor: string, read: (place: string) => Place | undefined): Place {
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = toCursor(text) === cursor ? read(text) : undefined;
  if (place === undefined) throw new RequestError('BAD_USER_INPUT', '"after" is not a cursor of this list.');
  return place;
}
