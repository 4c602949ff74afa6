import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { keysOf, shownKey } from '../../entities/shown-key.ts';

/** The value of a JSON text, with its places. */
export type JsonText = {
  value: unknown;
  /**
   * The line of the place that a problem names, such as `scoring.areas.sleep.items.0`: its nearest part that is there.
   * An entry of a list is named by its index or its `id`.
   */
  lineOf: (path: string) => number;
};

/** Each problem begins with the file's name and, where it has one, its line. */
export type Problems = { problems: string[] };

/** Deeper texts would exhaust the stack of the parser. A questionnaire has some ten levels. */
const DEPTH_MAX = 50;
/** More would hide the first one, of which they are often consequences, and each is searched for its line. */
const PROBLEMS_MAX = 100;

/**
 * Reads JSON as its standard says (no comments, no trailing commas) in UTF-8, with or without a byte-order mark. Refuses
 * a key that stands twice in an object, of which another reader would keep the last one without a word.
 */
export function readJson(name: string, bytes: Uint8Array): JsonText | Problems {
  const text = decoded(bytes);
  if (text === undefined) return { problems: [`${name}: it is not UTF-8. Save it as UTF-8.`] };
  const lines = lineStartsOf(text);
  const at = (offset: number, problem: string): string => `${name}:${lineAt(lines, offset)}: ${problem}`;
  const deep = tooDeepAt(text);
  if (deep !== undefined)
    return { problems: [at(deep, `more than ${DEPTH_MAX} levels are nested here. Remove some.`)] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined) return { problems: [at(error.offset, syntaxProblem(lines, error))] };
  const value = parsed(text);
  if (root === undefined || value === undefined) return { problems: [`${name}: it is no JSON. Correct it.`] };
  const problems = [...doubleKeys(root, lines, [])].map(({ offset, problem }) => at(offset, problem));
  if (problems.length > 0) return { problems: problems.slice(0, PROBLEMS_MAX) };
  return { value: value.of, lineOf: (path) => lineAt(lines, placeOf(root, path)) };
}

/** Without its byte-order mark; undefined if it is not UTF-8. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** By Node's reader: the other one would lose a key `__proto__`. */
function parsed(text: string): { of: unknown } | undefined {
  try {
    return { of: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The offset of the first bracket that is nested too deep. */
function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    // A text begins with its quote, so this is a bracket of the structure.
    const first = text.charAt(scanner.getTokenOffset());
    if ('{['.includes(first)) depth++;
    if ('}]'.includes(first)) depth--;
    if (depth > DEPTH_MAX) return scanner.getTokenOffset();
  }
  return undefined;
}

/** By the parser's names of its errors. */
const REMEDIES: Readonly<Record<string, string>> = {
  InvalidSymbol:
    'A text or key needs double quotes, a number begins with a digit or -, and the only words are true, false and null.',
  InvalidNumberFormat: 'A number in another form than 12, -3 or 0.5. Correct it.',
  PropertyNameExpected: 'A key in double quotes is missing. Add it, or remove the comma before.',
  ValueExpected: 'A value is missing. Add it, or remove the comma before. Texts are in double quotes.',
  ColonExpected: 'A colon is missing. Write one between the key and its value.',
  CommaExpected: 'A comma is missing. Write one after the entry before.',
  CloseBraceExpected: 'A closing } is missing. Add it.',
  CloseBracketExpected: 'A closing ] is missing. Add it.',
  EndOfFileExpected: 'Something follows the end of the JSON. Remove it, or a bracket that closes too early.',
  InvalidCommentToken: 'A comment. JSON has none: remove it.',
  UnexpectedEndOfComment: 'A comment. JSON has none: remove it.',
  UnexpectedEndOfString: 'A text without its closing quote. Add it; write a line break in a text as \\n.',
  UnexpectedEndOfNumber: 'A number that is not complete. Correct it.',
  InvalidUnicode: 'An escape \\u without four hexadecimal digits. Correct it.',
  InvalidEscapeCharacter: 'An unknown escape in a text. Write a backslash as \\\\.',
  InvalidCharacter: 'A control character in a text. Write a tab as \\t and a line break as \\n.',
};

function syntaxProblem(lines: readonly number[], { error, offset }: ParseError): string {
  const column = offset - (lines[lineAt(lines, offset) - 1] ?? 0) + 1;
  return `column ${column}: it is no JSON. ${REMEDIES[printParseErrorCode(error)] ?? 'Correct it.'}`;
}

type Found = { offset: number; problem: string };

function* doubleKeys(node: Node, lines: readonly number[], path: readonly string[]): Generator<Found> {
  const children = node.children ?? [];
  const properties = node.type === 'object' ? children : [];
  for (const [key, same] of Map.groupBy(properties, keyOf)) {
    const last = same.at(-1);
    if (same.length < 2 || last === undefined) continue;
    const places = [...new Set(same.map(({ offset }) => lineAt(lines, offset)))];
    const where = places.length === 1 ? 'in this line' : `in the lines ${places.join(' and ')}`;
    const problem = `the key stands ${same.length === 2 ? 'twice' : `${same.length} times`}, ${where}`;
    yield {
      offset: last.offset,
      problem: `${[...path, shownKey(key)].join('.')}: ${problem}. Rename or remove all but one.`,
    };
  }
  for (const [index, child] of children.entries()) {
    const name = child.type === 'property' ? shownKey(keyOf(child)) : String(index);
    const value = child.type === 'property' ? child.children?.[1] : child;
    if (value !== undefined) yield* doubleKeys(value, lines, [...path, name]);
  }
}

const keyOf = (property: Node): string => String(property.children?.[0]?.value);

/** The offset of the nearest part of the path that is there. */
function placeOf(root: Node, path: string): number {
  let place = root.offset;
  let node: Node | undefined = root;
  for (const name of keysOf(path)) {
    const found: Node | undefined = node && partOf(node, name);
    if (found === undefined) break;
    place = found.offset;
    node = found.type === 'property' ? found.children?.[1] : found;
  }
  return place;
}

function partOf({ type, children = [] }: Node, name: string): Node | undefined {
  if (type === 'object') return children.find((property) => keyOf(property) === name);
  if (type === 'array')
    return /^\d+$/.test(name) ? children[Number(name)] : children.find((entry) => idOf(entry) === name);
  return undefined;
}

const idOf = (entry: Node): unknown =>
  entry.type === 'object' ? partOf(entry, 'id')?.children?.[1]?.value : undefined;

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return starts;
}

/** From 1. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** The first problems of a file, each with its line. */
export const withLines = (name: string, problems: readonly string[], lineOf: JsonText['lineOf']): string[] =>
  problems.slice(0, PROBLEMS_MAX).map((problem) => withLine(name, problem, lineOf));

const KEY = String.raw`(?:[\w$-]+|"(?:[^"\\]|\\.)*")`;
const PLACE = new RegExp(String.raw`^(${KEY}(?:\.${KEY})*): `);

/** `file: path: text` becomes `file:line: path: text`. A problem of the whole file has no line. */
function withLine(name: string, problem: string, lineOf: JsonText['lineOf']): string {
  const text = problem.startsWith(`${name}: `) ? problem.slice(name.length + 2) : problem;
  const path = PLACE.exec(text)?.[1];
  return path === undefined ? `${name}: ${text}` : `${name}:${lineOf(path)}: ${text}`;
}
