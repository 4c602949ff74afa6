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
import { RequestError } from '../../errors.ts';
import { tooComplex } from './error-table.ts';
import { COMPLEXITY_MAX, ERRORS_MAX, isCrowded } from './limits.ts';

export const NO_OPERATION = new RequestError(
  'BAD_REQUEST',
  'It is not clear what to execute: "operationName" must name one of the operations of the document.',
);

/** The checks of a valid document that need its variables; gives the reasons why it is not executed. */
export function refusalsOf(args: ExecutionArgs, introspection: boolean): readonly Error[] {
  const operation = getOperationAST(args.document, args.operationName);
  if (operation == null) return [NO_OPERATION];
  return wrongVariables(args, operation, introspection) ?? tooCostly(args, operation) ?? [];
}

/** Bounded before graphql is asked: it would describe thousands of wrong fields. */
function wrongVariables(
  { schema, variableValues = {} }: ExecutionArgs,
  { variableDefinitions = [] }: OperationDefinitionNode,
  introspection: boolean,
): readonly Error[] | undefined {
  for (const { variable, type } of variableDefinitions) {
    const { value: name } = variable.name;
    const inputType = typeFromAST(schema, type) as GraphQLInputType;
    if (isCrowded(variableValues?.[name], inputType))
      return [new RequestError('BAD_USER_INPUT', `Variable "$${name}" has more fields than its type knows.`)];
  }
  return getVariableValues(schema, variableDefinitions, variableValues ?? {}, {
    maxErrors: ERRORS_MAX,
    hideSuggestions: !introspection,
  }).errors;
}

/** The complexity of operations whose variables can't change it; forgotten with their documents. */
const judgements = new WeakMap<OperationDefinitionNode, number>();

function tooCostly(args: ExecutionArgs, operation: OperationDefinitionNode): readonly Error[] | undefined {
  let complexity = judgements.get(operation);
  if (complexity === undefined) {
    complexity = judge(args, operation);
    if (!operation.variableDefinitions?.some(isNumber)) judgements.set(operation, complexity);
  }
  return complexity > COMPLEXITY_MAX ? [tooComplex()] : undefined;
}

/** Arguments that say how long a list may be are of type Int, and no input object has one. */
const isNumber = ({ type }: { type: Parameters<typeof print>[0] }): boolean => print(type).replace('!', '') === 'Int';

function judge(
  { schema, document, variableValues, contextValue }: ExecutionArgs,
  operation: OperationDefinitionNode,
): number {
  // The plugin judges the first operation of a document, whichever is meant.
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  return complexityFromQuery(alone, {
    schema,
    variables: { ...variableValues },
    ctx: contextValue as object,
  }).complexity;
}
