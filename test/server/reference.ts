import {
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  subscribe,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { RequestError } from '../../src/errors.ts';
import type { Context, Services } from '../../src/schema/context.ts';
import { schema } from '../../src/schema/index.ts';
import { LiveChannels } from '../../src/server/graphql/live-channels.ts';
import { httpContext } from '../../src/server/http/http-context.ts';
import { fakeCredentials } from './fake-server.ts';

export type GraphQLRequest = {
  query: string;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
};
export type Kind = 'query' | 'mutation' | 'subscription';

/** One result. `data` as JSON, with its fields in their order. */
export type Result = { data: string | undefined; errors: ReportedError[] };
export type ReportedError = { path: string; locations: string; code: string | undefined };

export type Reference = {
  /** Empty if a document has two errors, of which either may be reported. */
  results: Result[];
  /** Of the selected operation; undefined if none can be selected. */
  kind: Kind | undefined;
  /** The request is refused before execution. */
  isRefused: boolean;
};

/** The results of graphql's own functions. */
export async function referenceOf(graphqlRequest: GraphQLRequest, services: Services): Promise<Reference> {
  const { query, operationName, variables } = graphqlRequest;
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return refused(undefined, 'GRAPHQL_PARSE_FAILED', [error as GraphQLError]);
  }
  const kind = getOperationAST(document, operationName)?.operation;
  const invalid = validate(schema, document);
  if (invalid.length > 0 && kind === undefined) return { results: [], kind, isRefused: true };
  if (invalid.length > 0) return refused(kind, 'GRAPHQL_VALIDATION_FAILED', invalid);
  if (kind === undefined) return refused(kind, 'BAD_REQUEST', [NO_OPERATION]);
  const contextValue = contextOver(services);
  const args: ExecutionArgs = { schema, document, operationName, variableValues: variables, contextValue };
  const result = await (kind === 'subscription' ? subscribe(args) : execute(args));
  if (Symbol.asyncIterator in result) return { results: await collect(result), kind, isRefused: false };
  const { data, errors = [] } = result;
  const isAboutVariables = data === undefined && errors.every(({ path }) => path === undefined);
  if (isAboutVariables) return refused(kind, 'BAD_USER_INPUT', errors);
  return { results: [asResult(result)], kind, isRefused: false };
}

const NO_OPERATION = new GraphQLError('No operation can be selected.');

function refused(kind: Kind | undefined, code: string, errors: readonly GraphQLError[]): Reference {
  const { data, errors: reported } = asResult({ errors });
  return { results: [{ data, errors: reported.map((error) => ({ ...error, code })) }], kind, isRefused: true };
}

/** An error of the source is the last result. */
async function collect(events: AsyncIterable<ExecutionResult>): Promise<Result[]> {
  const results: Result[] = [];
  try {
    for await (const event of events) results.push(asResult(event));
  } catch (error) {
    results.push(asResult({ errors: [new GraphQLError('The source broke.', { cause: error })] }));
  }
  return results;
}

export const asResult = ({ data, errors = [] }: ExecutionResult): Result => ({
  data: data === undefined ? undefined : JSON.stringify(data),
  errors: errors.map((error) => ({
    path: JSON.stringify(error.path ?? null),
    locations: JSON.stringify(error.locations ?? null),
    code: codeOf(error),
  })),
});

function codeOf({ extensions, originalError, cause = originalError }: GraphQLError): string | undefined {
  if (cause instanceof RequestError) return cause.code;
  if (cause instanceof Error && !(cause instanceof GraphQLError)) return 'INTERNAL_SERVER_ERROR';
  return extensions?.['code'] as string | undefined;
}

/** The context of the server, for a request without headers. */
function contextOver(services: Services): Context {
  const request = new IncomingMessage(new Socket());
  const exchange = {
    request,
    response: new ServerResponse(request),
    requestId: 'a-request',
    path: '/graphql',
    startedAt: 0,
  };
  return httpContext(
    {
      services,
      channels: new LiveChannels({ perSessionMax: 0, perAddressMax: 0 }),
      credentials: fakeCredentials,
      requireOperator: () => 'operator',
      networksOf: () => [],
    },
    exchange,
  );
}
