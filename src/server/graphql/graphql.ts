import {
  execute,
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
  type DocumentNode,
  type ExecutionArgs,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { Context } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import { documentCaches, factsOf } from './documents.ts';
import { asGraphQLError, tooComplex, type PresentedError } from './error-table.ts';
import { ERRORS_MAX, isTooLarge } from './limits.ts';
import { countRefused, refusalsOf, requireRate, type CheckOptions } from './operation-check.ts';
import type { GraphQLParams } from './params.ts';
import { errorPresenter } from './present-errors.ts';
import { withinSize } from './response-size.ts';
import { startSubscription } from './subscription.ts';

export type GraphQL = ReturnType<typeof createGraphQL>;

type Options = CheckOptions & {
  log: Log;
  metrics: Metrics;
};

/** GraphQL for all transports: one schema, one cache of documents, one set of limits, one public form of errors. */
export function createGraphQL({ log, metrics, ...checks }: Options) {
  const presentErrors = errorPresenter(log, metrics);
  const yogaOptions = {
    schema,
    plugins: [withLimits(checks)],
    parserAndValidationCache: documentCaches(),
    // `presentErrors` gives errors their public form.
    maskedErrors: false,
    logging: false,
  };
  // One for all requests, because parser and validation do not depend on the request.
  const engine = createYoga(yogaOptions).getEnveloped();
  return {
    presentErrors,

    /** The limit of the cost of operations by address. */
    queryRate: checks.queryRate,

    /** Options of the Yoga server that handles GraphQL over HTTP. */
    yogaOptions,

    /** Parses, validates and checks an operation as Yoga does for HTTP. @returns arguments for its execution, or errors */
    prepare(
      { query, operationName, variables }: GraphQLParams,
      contextValue: Context,
    ): ExecutionArgs | PresentedError[] {
      const refuse = (errors: readonly unknown[]): PresentedError[] => presentErrors(errors, contextValue.requestId);
      const networks = contextValue.networks();
      try {
        requireRate(networks, checks.queryRate);
      } catch (error) {
        return refuse([error]);
      }
      try {
        const document: DocumentNode = engine.parse(query);
        const invalid: readonly GraphQLError[] = engine.validate(schema, document);
        if (invalid.length > 0) {
          countRefused(networks, checks.queryRate);
          return refuse(invalid);
        }
        const args: ExecutionArgs = { schema, document, operationName, variableValues: variables, contextValue };
        const refusals = refusalsOf(args, checks);
        return refusals.length > 0 ? refuse(refusals) : args;
      } catch (error) {
        countRefused(networks, checks.queryRate);
        return refuse([error]);
      }
    },
  };
}

export const isSubscription = ({ document, operationName }: ExecutionArgs): boolean =>
  getOperationAST(document, operationName)?.operation === 'subscription';

/** Applies the limits, and makes Yoga use the functions of graphql for validation and execution. */
function withLimits(checks: CheckOptions): Plugin {
  const { introspection } = checks;
  const stopIfRefused = (args: ExecutionArgs, stop: (result: { errors: GraphQLError[] }) => void): void => {
    const refusals = refusalsOf(args, checks);
    if (refusals.length > 0) stop({ errors: refusals.map(asGraphQLError) });
  };
  /** Valid documents, so that a cached document is validated once. */
  const valid = new WeakSet<DocumentNode>();
  return {
    onParse: ({ setParseFn }) => setParseFn(parseWithinLimits),
    onValidate: ({ params: { documentAST }, addValidationRule, setValidationFn, setResult }) => {
      if (!valid.has(documentAST) && isTooLarge(documentAST)) return setResult([asGraphQLError(tooComplex())]);
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      // Suggestions would reveal the schema where introspection is off.
      const options = { maxErrors: ERRORS_MAX, hideSuggestions: !introspection };
      setValidationFn((...[ofSchema, document, rules]: Parameters<typeof validate>) => {
        if (valid.has(document)) return [];
        const errors = validate(ofSchema, document, rules, options);
        if (errors.length === 0) valid.add(document);
        return errors;
      });
    },
    onExecute: ({ args, setExecuteFn, setResultAndStopExecution }) => {
      setExecuteFn(async (of: ExecutionArgs) => withinSize(await execute(of)));
      stopIfRefused(args, setResultAndStopExecution);
    },
    onSubscribe: ({ args, setSubscribeFn, setResultAndStopExecution }) => {
      setSubscribeFn(startSubscription);
      stopIfRefused(args, setResultAndStopExecution);
    },
  };
}

/** @throws RequestError (OPERATION_TOO_COMPLEX), GraphQLError with the code GRAPHQL_PARSE_FAILED */
function parseWithinLimits(text: string) {
  if (factsOf(text).isTooLarge) throw tooComplex();
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { message, source, positions } = error;
    throw new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
  }
}
