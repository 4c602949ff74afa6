import type { TestApp } from '../support/app.ts';
import { INTERNALS, type HttpResponse } from '../server/requests.ts';
import { SECRET } from './draws.ts';

/** The codes of docs/REFERENCE.md that a refusal of an input may have. */
export const REFUSALS = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COMPLEX',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'PAYLOAD_TOO_LARGE',
  'RATE_LIMITED',
  // Over REST: members of the unions of GraphQL.
  'INVALID_ANSWERS',
  'UNKNOWN_QUESTIONNAIRE',
  'QUESTIONNAIRE_WITHDRAWN',
  'IDEMPOTENCY_CONFLICT',
]);

type Shown = { code?: string; extensions?: { code?: string } };

/** The codes of all errors in a response. */
export function codesOf({ text }: Pick<HttpResponse, 'text'>): string[] {
  const body = JSON.parse(text.replace(/^[^]*?event: next\ndata: ([^\n]*)[^]*$/, '$1')) as {
    errors?: Shown[];
    error?: Shown;
  };
  return [...(body.errors ?? []), ...(body.error === undefined ? [] : [body.error])].map((error) =>
    String(error.extensions?.code ?? error.code),
  );
}

/** The faults of a response to a hostile input: a status of 500 and above, another code than a refusal's, internal details. */
export function faultsOf(response: HttpResponse): string[] {
  const { status, text, headers } = response;
  const isJson = headers.get('content-type')?.includes('json') === true;
  const codes = isJson || status >= 400 ? codesOf(response) : [];
  const leak = INTERNALS.exec(text);
  return [
    status < 500 ? [] : [`status ${status}`],
    status >= 400 && codes.length === 0 ? ['an error without a code'] : [],
    codes.filter((code) => !REFUSALS.has(code)).map((code) => `the code ${code}`),
    leak === null ? [] : [`internal details: ${leak[0]}`],
  ].flat();
}

/** The same, where the input may not be served. */
export const faultsOfRefusal = (response: HttpResponse): string[] => [
  ...faultsOf(response),
  ...(response.status >= 400 ? [] : [`status ${response.status}`]),
];

/** After hostile inputs: faults in the log, lines of it with a secret, and whether another client is not served. */
export async function harmTo(app: TestApp): Promise<unknown[]> {
  const other = await app.client();
  const { data } = await other.graphql('{ session { id } }');
  return [
    ...app.logs.filter(({ level }) => level === 'error' || level === 'fatal'),
    ...app.logs.filter((line) => JSON.stringify(line).includes(SECRET)),
    ...(data?.session?.id === other.sessionId ? [] : ['another client is not served']),
  ];
}
