import {
  getOperationAST,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';

export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * To compile takes milliseconds, which is earned back by some hundred executions; by few of the first ones, which find
 * the interpreter itself cold.
 */
const COMPILE_AFTER = 10;

/**
 * Carries out a valid operation: by interpreting its document, and once it was asked for often enough by a function
 * made for it (graphql-jit), which takes a fifth of the time and a tenth of the memory. One operation is one function,
 * forgotten with its document.
 * @param compileAfter executions of the same operation
 */
export function compilingExecute(interpret: Execute, compileAfter = COMPILE_AFTER): Execute {
  /** How often it was carried out, and then its function. */
  const known = new WeakMap<OperationDefinitionNode, number | Execute>();
  return (args) => {
    const operation = getOperationAST(args.document, args.operationName);
    if (operation == null) return interpret(args);
    const before = known.get(operation) ?? 0;
    if (typeof before === 'function') return before(args);
    const now = before < compileAfter ? before + 1 : compile(inParallel(args, operation), interpret);
    known.set(operation, now);
    return typeof now === 'function' ? now(args) : interpret(args);
  };
}

/**
 * A mutation of one field as a query on the mutation type: there is nothing to carry out one after the other. For a
 * mutation graphql-jit stores a function literal in a property, and V8 takes that for a part of the program: it is put
 * among the old objects, and all that the request had, its answer and its body too, outlives the collection of young
 * garbage with it (docs/decisions/0019).
 */
function inParallel(args: ExecutionArgs, operation: OperationDefinitionNode): ExecutionArgs {
  const { schema, document } = args;
  const [first, ...more] = operation.selectionSet.selections;
  const query = schema.getMutationType();
  if (operation.operation !== OperationTypeNode.MUTATION || query == null) return args;
  if (first?.kind !== Kind.FIELD || more.length > 0) return args;
  const definitions = document.definitions.map((definition) =>
    definition === operation ? { ...operation, operation: OperationTypeNode.QUERY } : definition,
  );
  return { ...args, schema: queryingMutations(schema, query), document: { ...document, definitions } };
}

const turned = new WeakMap<GraphQLSchema, GraphQLSchema>();

function queryingMutations(schema: GraphQLSchema, query: GraphQLObjectType): GraphQLSchema {
  const known = turned.get(schema) ?? new GraphQLSchema({ ...schema.toConfig(), query, mutation: null });
  turned.set(schema, known);
  return known;
}

/** What can't be compiled is interpreted for good. */
function compile({ schema, document, operationName }: ExecutionArgs, interpret: Execute): Execute {
  const made = compileQuery(schema, document, operationName ?? '');
  if (!isCompiledQuery(made)) return interpret;
  return ({ rootValue, contextValue, variableValues }) => made.query(rootValue, contextValue, variableValues ?? {});
}
