import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { tooComplex } from './error-table.ts';
import { ERRORS_MAX, isTooLarge, QUERY_CHARACTERS_MAX, TOKENS_MAX } from './limits.ts';

/** What is asked for again and again is parsed and validated once. */
const CACHED_CHARACTERS_MAX = 400_000;
/** A parsed document takes some hundred bytes for each of its characters; longer ones are nobody's daily bread. */
const CACHED_DOCUMENT_CHARACTERS_MAX = 8_000;

/** A document as far as it is known without variables: what it may cost is known once it was asked for. */
export type Known = { document: DocumentNode; complexity: WeakMap<OperationDefinitionNode, number> } | Faulty;
type Faulty = { errors: readonly unknown[] };

/** What `read` makes of a text, kept; bounded by what documents weigh, or a flood of large ones would fill the memory. */
export function knownDocuments(read: (query: string) => DocumentNode | Faulty): (query: string) => Known {
  const cache = new LRUCache<string, Known>({
    maxSize: CACHED_CHARACTERS_MAX,
    maxEntrySize: CACHED_DOCUMENT_CHARACTERS_MAX,
    sizeCalculation: (_value, query) => query.length + 1,
  });
  return (query) => {
    let known = cache.get(query);
    if (known === undefined) {
      const made = read(query);
      known = 'errors' in made ? made : { document: made, complexity: new WeakMap() };
      cache.set(query, known);
    }
    return known;
  };
}

/** The limits that need no variables. They hold for every way in, and are looked at before anything costly is done. */
export function limitsPlugin(introspection: boolean): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: string, options: object) => {
        if (source.length > QUERY_CHARACTERS_MAX) throw tooComplex();
        return parse(source, { ...options, maxTokens: TOKENS_MAX });
      });
    },
    onValidate: ({ params, addValidationRule, setValidationFn, setResult }) => {
      const { documentAST } = params as { documentAST: DocumentNode };
      if (isTooLarge(documentAST)) return setResult([new GraphQLError('too large', { originalError: tooComplex() })]);
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      // Suggestions would spell out a schema that introspection does not show.
      setValidationFn(((...[schema, document, rules, options]: Parameters<typeof validate>) =>
        validate(schema, document, rules, {
          ...options,
          maxErrors: ERRORS_MAX,
          hideSuggestions: !introspection,
        })) as never);
    },
  };
}
