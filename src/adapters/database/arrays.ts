/**
 * What every statement of the hot path carries, as text that has nothing to quote: the driver makes arrays too, but goes
 * through each element twice.
 */

/** PostgreSQL's array of ids or tokens. */
export const uuidArray = (uuids: readonly string[]): string => `{${uuids.join(',')}}`;

/** Documents as `JSON.stringify` writes them, one a line: there is no line break within one. */
export const jsonLines = (documents: readonly string[]): string => documents.join('\n');

/** The documents of such a parameter, as an array. */
export const documentsOf = (parameter: number): string => `string_to_array($${parameter}, chr(10))::json[]`;
