import { RequestError } from '../../errors.ts';
import { isJsonObject } from '../../json-object.ts';
import type { GraphQLParams } from '../graphql/params.ts';
import { parseJsonObject } from './body.ts';

const NAMES = new Set(['query', 'operationName', 'variables', 'extensions']);
/** Other names are not repeated in the error: they may be a person's answers. */
const NAME = /^[_A-Za-z]\w{0,60}$/;

/** @throws RequestError (BAD_REQUEST) */
export function paramsOfBody(text: string): GraphQLParams {
  if (/^\s*\[/.test(text)) throw bad('Batches are not taken. Send one operation in a request.');
  const body = parseJsonObject(text);
  refusePersisted(body);
  const unknown = Object.keys(body).find((name) => !NAMES.has(name));
  if (unknown !== undefined)
    throw bad(
      NAME.test(unknown)
        ? `There is no parameter "${unknown}" in a GraphQL request.`
        : 'There is an unknown parameter in this GraphQL request.',
    );
  return checked(body);
}

/** The parameters in the query string of a GET. @throws RequestError (BAD_REQUEST) */
export function paramsOfUrl(url: string): GraphQLParams {
  const at = url.indexOf('?');
  const given = new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
  const json = (name: string): unknown => {
    const text = given.get(name);
    if (text === null || text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new RequestError('BAD_REQUEST', `"${name}" must be a JSON object.`, { cause: error });
    }
  };
  const params = {
    query: given.get('query') ?? undefined,
    operationName: given.get('operationName') ?? undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
  refusePersisted({ ...params, documentId: given.get('documentId') });
  return checked(params);
}

/**
 * Clients of persisted queries send a hash in place of the document. They know this code, or this message, and send the
 * document from then on.
 */
function refusePersisted({ query, extensions, documentId }: Record<string, unknown>): void {
  const hasHash = isJsonObject(extensions) && isJsonObject(extensions['persistedQuery']);
  if ((query === undefined || query === null || query === '') && (hasHash || typeof documentId === 'string'))
    throw new RequestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
}

function checked({ query, operationName, variables, extensions }: Record<string, unknown>): GraphQLParams {
  if (query === undefined || query === null || query === '') throw bad('"query" is missing: send a GraphQL document.');
  if (typeof query !== 'string') throw bad('"query" must be a string.');
  if (operationName != null && typeof operationName !== 'string') throw bad('"operationName" must be a string.');
  if (variables != null && !isJsonObject(variables)) throw bad('"variables" must be an object.');
  if (extensions != null && !isJsonObject(extensions)) throw bad('"extensions" must be an object.');
  // HTML forms send an empty name for none.
  return { query, operationName: operationName || undefined, variables: variables ?? undefined };
}

const bad = (message: string): RequestError => new RequestError('BAD_REQUEST', message);
