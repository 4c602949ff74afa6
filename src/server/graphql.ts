import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  print,
  validateSubscriptionArgs,
  typeFromAST,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLInputType,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { createYoga } from 'graphql-yoga';
import { RequestError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Context } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import { knownDocuments, limitsPlugin, type Known } from './documents.ts';
import { formatError, tooComplex, toPublicError } from './error-table.ts';
import { COMPLEXITY_MAX, ERRORS_MAX, isCrowded } from './limits.ts';
import { compilingExecute } from './execution.ts';
import { SubscriptionEvents, type Making } from './subscription-events.ts';
import type { GraphQLParams } from './params.ts';

/** A result as it leaves: every error has a code, the id of its request, and nothing of what is behind it. */
export type PublicResult = FormattedExecutionResult & { errors?: readonly GraphQLFormattedError[] };

/** A valid operation that has not begun. */
export type Operation = {
  kind: 'query' | 'mutation' | 'subscription';
  args: ExecutionArgs;
  /** Events only for a subscription that could begin. */
  run: () => Promise<PublicResult | PublicEvents>;
};
export type PublicEvents = AsyncIterableIterator<PublicResult>;

/** What is kept of a subscription to make its events. */
type Subscription = { node: OperationDefinitionNode; args: ExecutionArgs };
export type Refusal = { errors: readonly GraphQLFormattedError[] };

export type Yoga = ReturnType<typeof createGraphQL>;

/**
 * The engine behind HTTP, event streams and sockets: the same limits, the same errors. Of Yoga it takes the engine and
 * leaves the server, which answers a malformed `Host` with a stack trace, carries a mutation out before it finds the
 * `Accept` header unacceptable, and lets go of a subscription that it could not send.
 */
export function createGraphQL({ introspection, log, metrics }: { introspection: boolean; log: Log; metrics: Metrics }) {
  const yoga = createYoga<{ context: Context }, Context>({
    schema,
    plugins: [limitsPlugin(introspection)],
    parserAndValidationCache: false,
    maskedErrors: false,
    logging: false,
  });
  // Once: nothing in it depends on the request, and to make it anew costs as much as an execution.
  const engine = yoga.getEnveloped({} as never);
  const carryOut = compilingExecute(execute);
  const present = presenter(log, metrics);
  const publish = ({ errors, ...rest }: ExecutionResult, { requestId }: Context): PublicResult =>
    errors === undefined ? rest : { errors: present(errors, requestId), ...rest };
  const making: Making<Subscription> = {
    result: async ({ node, args }, rootValue) =>
      publish(await carryOut(node, { ...args, rootValue }), args.contextValue as Context),
    failure: ({ args }, error) => publish({ errors: [error as GraphQLError] }, args.contextValue as Context),
  };
  const known = knownDocuments((query) => {
    try {
      const document: DocumentNode = engine.parse(query);
      const errors: readonly GraphQLError[] = engine.validate(schema, document);
      return errors.length > 0 ? { errors } : document;
    } catch (error) {
      return { errors: [error] };
    }
  });

  return {
    /** Errors in their public form; what nobody foresaw is logged here, since the caller is told nothing of it. */
    present: (errors: readonly unknown[], { requestId }: Context): Refusal => ({ errors: present(errors, requestId) }),

    /** Parsed, validated and measured; nothing is executed. */
    prepare({ query, operationName, variables = {} }: GraphQLParams, context: Context): Operation | Refusal {
      const refuse = (errors: readonly unknown[]): Refusal => ({ errors: present(errors, context.requestId) });
      try {
        const read = known(query);
        if ('errors' in read) return refuse(read.errors);
        const { document } = read;
        const node = getOperationAST(document, operationName);
        if (node == null) return refuse([NO_OPERATION]);
        const invalid = wrongVariables(node, variables, introspection) ?? tooCostly(read, node, variables, context);
        if (invalid !== undefined) return refuse(invalid);
        const args = { schema, document, operationName, variableValues: variables };
        return {
          kind: node.operation,
          args,
          async run() {
            try {
              const all = { ...args, contextValue: context };
              if (node.operation !== 'subscription') return publish(await carryOut(node, all), context);
              const source = await sourceOf(all);
              if (!(Symbol.asyncIterator in source)) return publish(source, context);
              return new SubscriptionEvents(source[Symbol.asyncIterator](), { node, args: all }, making);
            } catch (error) {
              return refuse([error]);
            }
          },
        };
      } catch (error) {
        return refuse([error]);
      }
    },
  };
}

const NO_OPERATION = new RequestError(
  'BAD_REQUEST',
  'It is not clear what to execute: "operationName" must name one of the operations of the document.',
);

type Present = (errors: readonly unknown[], requestId: string) => GraphQLFormattedError[];

function presenter(log: Log, metrics: Metrics): Present {
  return (errors, requestId) =>
    errors.map((error) => {
      const known = toPublicError(error);
      metrics.errors.inc({ part: 'graphql', code: known.code });
      if (known.unexpected) log.error({ err: rootOf(error), requestId }, 'an operation failed in an unexpected way');
      return formatError(error, known, requestId);
    });
}

const rootOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.originalError ?? error.cause ?? error) : error;

/** Looked at here first, with an end to the list: the engine would describe thousands of them. */
function wrongVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Record<string, unknown>,
  introspection: boolean,
): readonly Error[] | undefined {
  for (const { variable, type } of variableDefinitions) {
    const { value: name } = variable.name;
    const inputType = typeFromAST(schema, type) as GraphQLInputType;
    if (isCrowded(variables[name], inputType))
      return [new RequestError('BAD_USER_INPUT', `Variable "$${name}" has more fields than its type knows.`)];
  }
  return getVariableValues(schema, variableDefinitions, variables, {
    maxErrors: ERRORS_MAX,
    hideSuggestions: !introspection,
  }).errors;
}

/** Judged with the variables, which decide how long lists become; once where none of them can. */
function tooCostly(
  { document, complexity }: Exclude<Known, { errors: unknown }>,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: Context,
): readonly Error[] | undefined {
  let judged = complexity.get(operation);
  if (judged === undefined) {
    judged = judge(document, operation, variables, ctx);
    if (!operation.variableDefinitions?.some(isNumber)) complexity.set(operation, judged);
  }
  return judged > COMPLEXITY_MAX ? [tooComplex()] : undefined;
}

/** Arguments that say how long a list may be are of type Int, and no input object has one. */
const isNumber = ({ type }: VariableDefinitionNode): boolean => print(type).replace('!', '') === 'Int';

function judge(
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  ctx: Context,
): number {
  // The plugin judges the first operation of a document, whichever is meant.
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as const;
  return complexityFromQuery(document, { schema, variables, ctx }).complexity;
}

/** What a subscription's events are made of, or why there are none. */
async function sourceOf(args: ExecutionArgs): Promise<AsyncIterable<unknown> | ExecutionResult> {
  const valid = validateSubscriptionArgs(args);
  return 'schema' in valid ? await createSourceEventStream(valid) : { errors: valid };
}
