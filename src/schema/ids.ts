import { RequestError } from '../errors.ts';
import { isUuid } from '../events.ts';

/** The canonical form of an id, as the database compares it. @throws RequestError (BAD_USER_INPUT) */
export function checkId(id: string): string {
  // Without a copy of canonical ids: a subscription keeps its id for as long as it lasts.
  const canonical = isUuid(id) ? id : id.toLowerCase();
  if (!isUuid(canonical)) throw new RequestError('BAD_USER_INPUT', 'The id is malformed: ids are UUIDs.');
  return canonical;
}

/** The argument of fields that take an assessment. */
export const ASSESSMENT_ID = { required: true, description: 'Id of an assessment of your session, a UUID.' } as const;
