import { GraphQLError, NoSchemaIntrospectionCustomRule, parse, validate, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { tooComplex } from './error-table.ts';
import { ERRORS_MAX, isTooLarge, QUERY_CHARACTERS_MAX, TOKENS_MAX } from './limits.ts';

/** What is asked for again and again is parsed and validated once. */
const CACHED_CHARACTERS_MAX = 400_000;
/** A parsed document takes some hundred bytes for each of its characters; longer ones are nobody's daily bread. */
const CACHED_DOCUMENT_CHARACTERS_MAX = 8_000;

/** Bounded by what the documents weigh and not by their number, or a flood of large ones would fill the memory. */
export function documentCaches() {
  const cache = <Value extends object>() =>
    new LRUCache<string, Value>({
      maxSize: CACHED_CHARACTERS_MAX,
      maxEntrySize: CACHED_DOCUMENT_CHARACTERS_MAX,
      sizeCalculation: (_value, query) => query.length + 1,
    });
  return { documentCache: cache<DocumentNode>(), errorCache: cache<object>() };
}

/** The limits that need no variables. They hold for every way in, and are looked at before anything costly is done. */
export function limitsPlugin(introspection: boolean): Plugin {
  const measured = new WeakMap<DocumentNode, boolean>();
  const tooLarge = (document: DocumentNode): boolean => {
    const known = measured.get(document) ?? isTooLarge(document);
    measured.set(document, known);
    return known;
  };
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: string, options: object) => {
        if (source.length > QUERY_CHARACTERS_MAX) throw tooComplex();
        return parse(source, { ...options, maxTokens: TOKENS_MAX });
      });
    },
    onValidate: ({ params, addValidationRule, setValidationFn, setResult }) => {
      const { documentAST } = params as { documentAST: DocumentNode };
      if (tooLarge(documentAST)) return setResult([new GraphQLError('too large', { originalError: tooComplex() })]);
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
