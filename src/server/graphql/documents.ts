import { Lexer, Source, TokenKind, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Documents that people write are shorter. It also bounds the errors of libraries, which repeat parts of a document. */
const CHARACTERS_MAX = 32_000;
/** Ten times the tokens of the web page's largest document, with room for the answers to 120 questions as literals. */
const TOKENS_MAX = 2_000;
/**
 * Depth of nested brackets. Parser and validation recurse once for each, so a deeper document could exhaust the stack.
 * The introspection query of GraphiQL has 15.
 */
const NESTING_MAX = 60;

/**
 * Limits of the caches: a document is parsed and validated once for all requests that send it. A parsed document takes up
 * to 330 bytes a character, with its locations and tokens, so the cache takes 20 MB at most: ten times what the documents of
 * the web page and of GraphiQL need. Longer documents are rare and are not cached.
 */
const CACHED_CHARACTERS_MAX = 60_000;
const CACHED_DOCUMENT_CHARACTERS_MAX = 8_000;
const CACHED_DOCUMENTS_MAX = 1_000;

/** Properties of a document's text, known before it is parsed. */
export type SourceFacts = {
  /** The document exceeds a limit, so it must not be parsed. */
  isTooLarge: boolean;
  tokens: number;
  /** Names of the variables that its operations declare. */
  variables: ReadonlySet<string>;
};

const OPENING: readonly string[] = [TokenKind.PAREN_L, TokenKind.BRACKET_L, TokenKind.BRACE_L];
const CLOSING: readonly string[] = [TokenKind.PAREN_R, TokenKind.BRACKET_R, TokenKind.BRACE_R];

const cachedFacts = cacheByText<SourceFacts>();

/** Facts of the last text: one request needs them several times, and a long text is in no cache. */
let last: { text: string; facts: SourceFacts } | undefined;

export function factsOf(text: string): SourceFacts {
  if (last?.text === text) return last.facts;
  let facts = cachedFacts.get(text);
  if (facts === undefined) cachedFacts.set(text, (facts = readTokens(text)));
  last = { text, facts };
  return facts;
}

/** Reads token by token, without recursion, up to a lexical error, which the parser reports. */
function readTokens(text: string): SourceFacts {
  const variables = new Set<string>();
  const facts = { isTooLarge: text.length > CHARACTERS_MAX, tokens: 0, variables };
  if (facts.isTooLarge) return facts;
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  try {
    let beforePrevious = lexer.token;
    let previous = lexer.token;
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      // `$name:` stands only where a variable is declared.
      if (token.kind === TokenKind.COLON && beforePrevious.kind === TokenKind.DOLLAR) variables.add(previous.value);
      if (OPENING.includes(token.kind)) depth++;
      else if (CLOSING.includes(token.kind)) depth--;
      facts.tokens++;
      facts.isTooLarge = facts.tokens > TOKENS_MAX || depth > NESTING_MAX;
      if (facts.isTooLarge) return facts;
      beforePrevious = previous;
      previous = token;
    }
  } catch {
    return facts;
  }
  return facts;
}

/** The variables that the document declares. Others have no effect, and a subscription would keep them while it lasts. */
export function declaredOnly(
  variables: Record<string, unknown> | undefined,
  { variables: declared }: SourceFacts,
): Record<string, unknown> | undefined {
  if (variables === undefined) return undefined;
  return Object.fromEntries(
    [...declared].flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name]]] : [])),
  );
}

/**
 * For Yoga's `parserAndValidationCache`. Errors are not cached: each keeps the frames of its stack, some 70 KB for a
 * document of six characters. `withLimits` remembers the valid documents.
 */
export const documentCaches = () => ({
  documentCache: cacheByText<DocumentNode>(),
  errorCache: { get: () => undefined, set: () => {} },
  validationCache: false,
});

function cacheByText<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache<string, Value>({
    max: CACHED_DOCUMENTS_MAX,
    maxSize: CACHED_CHARACTERS_MAX,
    maxEntrySize: CACHED_DOCUMENT_CHARACTERS_MAX,
    sizeCalculation: (_value, text) => text.length + 1,
  });
}
