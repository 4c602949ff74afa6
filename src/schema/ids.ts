import { RequestError } from '../errors.ts';
import { isUuid } from '../events.ts';

/** An id as the database compares it. @throws RequestError (BAD_USER_INPUT) if it can be no id at all. */
export function checkId(id: string): string {
  // Most are in that form, and a copy of each would be kept for as long as it is followed.
  const canonical = isUuid(id) ? id : id.toLowerCase();
  if (!isUuid(canonical)) throw new RequestError('BAD_USER_INPUT', 'The id is malformed: ids are UUIDs.');
  return canonical;
}
