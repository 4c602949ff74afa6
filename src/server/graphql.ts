import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
  type ExecutionResult,
  type FormattedExecutionResult,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Context } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import { toGraphQLError, toPublicError } from './error-table.ts';
import { COMPLEXITY_MAX, operationSizeRule, TOKENS_MAX } from './limits.ts';

/** What the edge hands to an operation: over HTTP with request and response, over a socket without. */
export type ServerContext = { context: Context; req?: IncomingMessage; res?: ServerResponse };

export type Yoga = ReturnType<typeof createGraphQL>;

/** The engine behind HTTP, SSE and WebSockets: the same limits, the same errors. */
export function createGraphQL({ introspection, log, metrics }: { introspection: boolean; log: Log; metrics: Metrics }) {
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ context }) => context,
    maskedErrors: { maskError: (error) => maskError(error, log, metrics) },
    plugins: [limits(introspection), requestIds()],
    // What is off here is done, or refused, before a request gets this far (src/server/http.ts).
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false,
    logging: false,
    graphqlEndpoint: '/graphql',
    healthCheckEndpoint: '/graphql/health',
  });
}

function maskError(error: unknown, log: Log, metrics: Metrics): GraphQLError {
  const { code, unexpected } = toPublicError(error);
  metrics.errors.inc({ part: 'graphql', code });
  if (unexpected) log.error({ err: rootOf(error) }, 'an operation failed in an unexpected way');
  return toGraphQLError(error);
}

const rootOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.originalError ?? error.cause ?? error) : error;

type Plugins = Plugin<Context, ServerContext>;

function limits(introspection: boolean): Plugins {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: Parameters<typeof parse>[0], options: object) =>
        parse(source, { ...options, maxTokens: TOKENS_MAX }),
      );
    },
    onValidate: ({ addValidationRule, setValidationFn }) => {
      // Suggestions would spell out a schema that introspection does not show.
      if (!introspection)
        setValidationFn(((...[s, document, rules, options]: Parameters<typeof validate>) =>
          validate(s, document, rules, { ...options, hideSuggestions: true })) as never);
      addValidationRule(operationSizeRule);
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onExecute: ({ args, setResultAndStopExecution }) => {
      const refused = complexityRefusal(args);
      if (refused !== undefined) setResultAndStopExecution(refused);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const refused = complexityRefusal(args);
      if (refused !== undefined) setResultAndStopExecution(refused as never);
    },
  };
}

type ComplexityArgs = {
  document: Parameters<typeof complexityFromQuery>[0];
  variableValues?: unknown;
  contextValue?: unknown;
};

/** Judged with the variables, so at execution; before any resolver. */
function complexityRefusal({ document, variableValues, contextValue }: ComplexityArgs): ExecutionResult | undefined {
  let complexity: number;
  try {
    const variables = (variableValues ?? {}) as Record<string, unknown>;
    ({ complexity } = complexityFromQuery(document, { schema, variables, ctx: contextValue as object }));
  } catch {
    // Variables that do not fit: the execution says so in its own words.
    return undefined;
  }
  if (complexity <= COMPLEXITY_MAX) return undefined;
  return { errors: [toGraphQLError(new RequestError('OPERATION_TOO_COMPLEX', 'The operation is too complex.'))] };
}

/** Every error that leaves over HTTP names its request, so that it can be found in the log. */
function requestIds(): Plugins {
  return {
    onResultProcess: (processing) => {
      const { result, serverContext } = processing;
      if (!Array.isArray(result) && isResult(result))
        processing.setResult(withRequestId(result, serverContext.context.requestId));
    },
    onSubscribe: () => ({
      onSubscribeResult: ({ args }) => ({
        onNext: ({ result, setResult }) => {
          const { requestId } = args.contextValue as Context;
          if (isResult(result)) setResult(withRequestId(result, requestId));
        },
      }),
    }),
  };
}

const isResult = (value: unknown): value is ExecutionResult =>
  typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);

/** Errors in their public form, each with the id of the request that it belongs to. */
export function withRequestId<R extends ExecutionResult | FormattedExecutionResult>(result: R, requestId: string): R {
  if (result.errors === undefined || result.errors.length === 0) return result;
  const errors = result.errors.map((error) => {
    const known =
      error instanceof GraphQLError && error.extensions['code'] !== undefined ? error : toGraphQLError(error);
    known.extensions['requestId'] = requestId;
    return known;
  });
  return { ...result, errors };
}
