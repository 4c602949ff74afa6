import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  print,
  typeFromAST,
  type DocumentNode,
  type ExecutionArgs,
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
import type { GraphQLParams } from './params.ts';
import { beginSubscription, type PublicEvents, type Publish, type PublicResult } from './public-events.ts';

/** A valid operation that has not begun. */
export type Operation = {
  kind: 'query' | 'mutation' | 'subscription';
  args: ExecutionArgs;
  /** Events only for a subscription that could begin. */
  run: () => Promise<PublicResult | PublicEvents>;
};
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
  const present = presenter(log, metrics);
  const publish: Publish = ({ errors, ...rest }, { contextValue }) =>
    errors === undefined ? rest : { errors: present(errors, (contextValue as Context).requestId), ...rest };
  const known = knownDocuments((query) => {
    try {
      const document: DocumentNode = engine.parse(query);
      const errors: readonly GraphQLError[] = engine.validate(schema, document);
      return errors.length > 0 ? { errors } : document;
    } catch (error) {
      return { errors: [error] };
    }
  });
  // What the engine makes of the schema with its first document is made before anybody waits for it.
  known('{ __typename }');

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
        const args = {
          schema,
          document,
          operationName,
          variableValues: variables,
          contextValue: context,
          // For a transport's own use while it begins.
          rootValue: undefined,
        };
        return {
          kind: node.operation,
          args,
          async run() {
            try {
              if (node.operation === 'subscription') return await beginSubscription(args, publish);
              return publish(await execute(args), args);
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
