/** A generated document: a `TypedDocumentString`, or a `TypedDocumentNode` together with the option `print`. */
export interface TypedDocument<Data> {
  readonly __apiType?: (variables: never) => Data;
}

export type LiveDocument<Data> = string | TypedDocument<Data>;

/** @throws TypeError for a document that is a tree, if `print` is missing */
export const textOf = (
  document: LiveDocument<unknown>,
  print: (document: never) => string = (given: unknown) => String(given),
): string => {
  if (typeof document === 'string') return document;
  const text = print(document as never);
  if (text.startsWith('[object')) throw new TypeError('The document is no text: give createLive `print` of graphql.');
  return text;
};
