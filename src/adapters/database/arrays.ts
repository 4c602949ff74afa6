/**
 * Array parameters of the hot path as text. They need no quoting; the driver's own arrays would scan each element twice.
 */

/** PostgreSQL's array of ids or tokens. */
export const uuidArray = (uuids: readonly string[]): string => `{${uuids.join(',')}}`;

/** JSON documents, one a line: `JSON.stringify` writes no line breaks. */
export const jsonLines = (documents: readonly string[]): string => documents.join('\n');

/** SQL for the array of documents in a parameter of `jsonLines`. */
export const documentsOf = (parameter: number): string => `string_to_array($${parameter}, chr(10))::json[]`;
