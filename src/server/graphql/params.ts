/** The parameters of an operation, as every transport receives them. */
export type GraphQLParams = {
  query: string;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
};
