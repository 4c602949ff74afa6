import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  getOperationAST,
  getVariableValues,
  Kind,
  print,
  typeFromAST,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLInputType,
  type OperationDefinitionNode,
} from 'graphql';
import type { Network, NetworkLimit } from '../../assessments/networks.ts';
import { overRate, takeFromAll, waitForAll } from '../../assessments/rates.ts';
import { RequestError } from '../../errors.ts';
import type { Context } from '../../schema/context.ts';
import { tooComplex } from './error-table.ts';
import { COMPLEXITY_MAX, ERRORS_MAX, hasTooManyFields } from './limits.ts';

/** `queryRate`: how much complexity the operations of one address may have. */
export type CheckOptions = { introspection: boolean; queryRate: NetworkLimit };

export const NO_OPERATION = new RequestError(
  'BAD_REQUEST',
  'It is not clear what to execute: "operationName" must name one of the operations of the document.',
);

/** Checks an operation of a valid document with its variables. @returns the errors; none if it may be executed */
export function refusalsOf(args: ExecutionArgs, { introspection, queryRate }: CheckOptions): readonly Error[] {
  const networks = (args.contextValue as Context).networks();
  const refused = (errors: readonly Error[]): readonly Error[] => {
    countRefused(networks, queryRate);
    return errors;
  };
  const operation = getOperationAST(args.document, args.operationName);
  if (operation == null) return refused([NO_OPERATION]);
  const wrong = wrongVariables(args, operation, introspection);
  if (wrong !== undefined) return refused(wrong);
  const complexity = knownComplexityOf(args, operation);
  if (complexity > COMPLEXITY_MAX) return refused([tooComplex()]);
  const retryAfterSeconds = takeFromAll(queryRate(networks), PRICE_MIN + complexity);
  return retryAfterSeconds === undefined ? [] : [overRate(OVER_RATE, retryAfterSeconds)];
}

/** Counts an operation that is refused before its execution: it was read, and perhaps parsed and validated. */
export const countRefused = (networks: readonly Network[], queryRate: NetworkLimit): void =>
  void takeFromAll(queryRate(networks), PRICE_MIN);

/** Counts a request that is no operation: the opening of a socket, and one over REST. @throws RequestError (RATE_LIMITED) */
export function countRequest(networks: readonly Network[], queryRate: NetworkLimit): void {
  const retryAfterSeconds = takeFromAll(queryRate(networks), PRICE_MIN);
  if (retryAfterSeconds !== undefined) throw overRate(OVER_RATE, retryAfterSeconds);
}

/** Refuses an operation before it is read and parsed if its address can not pay for any. @throws RequestError (RATE_LIMITED) */
export function requireRate(networks: readonly Network[], queryRate: NetworkLimit): void {
  const retryAfterSeconds = waitForAll(queryRate(networks), PRICE_MIN);
  if (retryAfterSeconds !== undefined) throw overRate(OVER_RATE, retryAfterSeconds);
}

/** Limits the fields first: graphql would describe each of thousands of wrong fields. */
function wrongVariables(
  { schema, variableValues = {} }: ExecutionArgs,
  { variableDefinitions = [] }: OperationDefinitionNode,
  introspection: boolean,
): readonly Error[] | undefined {
  for (const { variable, type } of variableDefinitions) {
    const { value: name } = variable.name;
    const inputType = typeFromAST(schema, type) as GraphQLInputType;
    if (hasTooManyFields(variableValues?.[name], inputType))
      return [
        new RequestError(
          'BAD_USER_INPUT',
          `Variable "$${name}" has more fields than its type. Send only fields of its type.`,
        ),
      ];
  }
  return getVariableValues(schema, variableDefinitions, variableValues ?? {}, {
    maxErrors: ERRORS_MAX,
    hideSuggestions: !introspection,
  }).errors;
}

/** The price of an operation without any field, of a refused one, and of a request that is none: it is read and answered. */
const PRICE_MIN = 20;

const OVER_RATE = 'Too many requests or too costly operations came from this address.';

/** Complexity of the operations of cached documents, if it does not depend on variables. */
const complexities = new WeakMap<OperationDefinitionNode, number>();

function knownComplexityOf(args: ExecutionArgs, operation: OperationDefinitionNode): number {
  let complexity = complexities.get(operation);
  if (complexity === undefined) {
    complexity = complexityOf(args, operation);
    if (!operation.variableDefinitions?.some(isInt)) complexities.set(operation, complexity);
  }
  return complexity;
}

/** The complexity depends on arguments for the length of a list: they are of type Int, and no input object has one. */
const isInt = ({ type }: { type: Parameters<typeof print>[0] }): boolean => print(type).replace('!', '') === 'Int';

function complexityOf(
  { schema, document, variableValues, contextValue }: ExecutionArgs,
  operation: OperationDefinitionNode,
): number {
  // The plugin measures the first operation of a document, so the document may contain only this one.
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  return complexityFromQuery(alone, {
    schema,
    variables: { ...variableValues },
    ctx: contextValue as object,
  }).complexity;
}
