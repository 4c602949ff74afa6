import { Lexer, Source, TokenKind, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Longer than any document that people write; a library's errors repeat parts of it. */
const CHARACTERS_MAX = 32_000;
/** Ten times what the web page's largest document has, and room for the answers of 120 questions as literals. */
const TOKENS_MAX = 2_000;
/**
 * Brackets within brackets. Parser and validation call themselves once for each, so that a deeper document could use up
 * the stack. The introspection query of GraphiQL has 15.
 */
const NESTING_MAX = 60;

/** A document is parsed and validated once for all requests that send it; the cache is bounded by characters. */
const CACHED_CHARACTERS_MAX = 400_000;
/** A parsed document takes some 30 bytes for each of its characters; a longer one is parsed for each request. */
const CACHED_DOCUMENT_CHARACTERS_MAX = 8_000;

/** Properties of a document's text, known before it is parsed. */
export type SourceFacts = {
  /** The document is not to be parsed. */
  isTooLarge: boolean;
  tokens: number;
  /** Names of the variables that its operations declare. */
  variables: ReadonlySet<string>;
};

const OPENING: readonly string[] = [TokenKind.PAREN_L, TokenKind.BRACKET_L, TokenKind.BRACE_L];
const CLOSING: readonly string[] = [TokenKind.PAREN_R, TokenKind.BRACKET_R, TokenKind.BRACE_R];

const known = cacheByText<SourceFacts>();

export function factsOf(text: string): SourceFacts {
  let facts = known.get(text);
  if (facts === undefined) known.set(text, (facts = readTokens(text)));
  return facts;
}

/** Reads token by token without recursion. A text with a lexical error is read up to it: the parser tells the error. */
function readTokens(text: string): SourceFacts {
  const variables = new Set<string>();
  const facts = { isTooLarge: text.length > CHARACTERS_MAX, tokens: 0, variables };
  if (facts.isTooLarge) return facts;
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  try {
    let beforeLast = lexer.token;
    let last = lexer.token;
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      // `$name:` stands only where a variable is declared.
      if (token.kind === TokenKind.COLON && beforeLast.kind === TokenKind.DOLLAR) variables.add(last.value);
      if (OPENING.includes(token.kind)) depth++;
      else if (CLOSING.includes(token.kind)) depth--;
      facts.tokens++;
      facts.isTooLarge = facts.tokens > TOKENS_MAX || depth > NESTING_MAX;
      if (facts.isTooLarge) return facts;
      beforeLast = last;
      last = token;
    }
  } catch {
    return facts;
  }
  return facts;
}

/** Only the declared ones: an undeclared value has no effect, and a subscription would keep it for as long as it lasts. */
export function declaredOnly(
  variables: Record<string, unknown> | undefined,
  { variables: declared }: SourceFacts,
): Record<string, unknown> | undefined {
  if (variables === undefined) return undefined;
  return Object.fromEntries(
    [...declared].flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name]]] : [])),
  );
}

/** The caches that Yoga keeps its documents and parse errors in. */
export const documentCaches = () => ({
  documentCache: cacheByText<DocumentNode>(),
  errorCache: cacheByText<object>(),
});

function cacheByText<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache<string, Value>({
    maxSize: CACHED_CHARACTERS_MAX,
    maxEntrySize: CACHED_DOCUMENT_CHARACTERS_MAX,
    sizeCalculation: (_value, text) => text.length + 1,
  });
}
