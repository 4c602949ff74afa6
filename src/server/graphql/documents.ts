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

/**
 * A document is parsed and validated once for all requests that send it. A parsed one takes up to 330 bytes for each of
 * its characters, with its locations and tokens, so that the cache takes 66 MB at most. A longer one is parsed each time.
 */
const CACHED_CHARACTERS_MAX = 200_000;
const CACHED_DOCUMENT_CHARACTERS_MAX = 8_000;
const CACHED_DOCUMENTS_MAX = 1_000;

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

/** The text that was asked for last: a long one is asked for several times on its way, and in no cache. */
let last: { text: string; facts: SourceFacts } | undefined;

export function factsOf(text: string): SourceFacts {
  if (last?.text === text) return last.facts;
  let facts = known.get(text);
  if (facts === undefined) known.set(text, (facts = readTokens(text)));
  last = { text, facts };
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

/**
 * For Yoga's `parserAndValidationCache`. Errors are not kept: each holds the frames of its stack, some 70 KB for a document
 * of six characters. The documents that were found valid are remembered by `withLimits`.
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
