import * as fc from 'fast-check';
import { PROGRAM_TEXTS } from '../server/program-texts.ts';

/** Runs of each property. fast-check prints seed and path of a failure, which repeat it. */
export const RUNS = { numRuns: 200 };
/** Where a run takes a connection, a row or a message of its own. */
export const FEWER_RUNS = { numRuns: 60 };

/** In each text that may be secret. It must be in no log and in no error. */
export const SECRET = 'my-secret-sorrow';

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  '\u200b',
  '\u202e',
  '\ud800',
  '😀',
  SECRET,
  '__proto__',
  'constructor',
  ...PROGRAM_TEXTS,
];

/** A text of any kind: odd ones, any characters, and very long ones. */
export const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...ODD_TEXTS),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(100, 3_000, 20_000).map((length) => 'x'.repeat(length)),
  );

/** A JSON value of any kind. */
export const anyJson = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e21, 2 ** 53, -(2 ** 31) - 1, [], {}, [[]], [null]),
    anyText(),
    fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
    fc.constantFrom(10, 100).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown),
    fc.constant(Array.from({ length: 500 }, () => ({}))),
  );

type Path = (string | number)[];

/** The JSON value with one to three changes: a member removed, replaced, renamed, doubled in a list, or added. */
export function changedJson(value: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replace', 'replace', 'remove', 'rename', 'wrap', 'add'),
    name: anyText(),
    by: anyJson(),
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce<unknown>((changed, { at, how, name, by }) => {
      const paths = pathsOf(changed);
      return changedAt(changed, paths[at % paths.length] ?? [], (found) => {
        if (how === 'remove') return REMOVED;
        if (how === 'wrap') return [found];
        if (how === 'rename') return { [name]: found };
        if (how === 'add' && isObject(found)) return { ...found, [name]: by };
        return by;
      });
    }, value),
  );
}

const REMOVED = Symbol('removed');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const pathsOf = (value: unknown, path: Path = []): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : []),
];

function changedAt(value: unknown, [key, ...rest]: Path, change: (found: unknown) => unknown): unknown {
  if (key === undefined) {
    const changed = change(value);
    return changed === REMOVED ? null : changed;
  }
  const entries = Object.entries(value as object).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== String(key)) return [[name, inner]];
    const changed = rest.length === 0 ? change(inner) : changedAt(inner, rest, change);
    return changed === REMOVED ? [] : [[name, changed]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** The text with some of its characters removed, doubled, replaced or added, or cut off. */
export const changedText = (text: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.record({
        at: fc.nat(),
        length: fc.nat({ max: 12 }),
        by: fc.oneof(
          fc.constantFrom('{', '}', '(', ')', '[', ']', '"', '#', '$', '@', ':', '!', '...', '\n', '\ufeff'),
          anyText(),
        ),
        how: fc.constantFrom('remove', 'add', 'replace', 'double', 'cut'),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) =>
      changes.reduce((changed, { at, length, by, how }) => {
        const from = at % (changed.length + 1);
        const [before, part, after] = [
          changed.slice(0, from),
          changed.slice(from, from + length),
          changed.slice(from + length),
        ];
        if (how === 'cut') return before;
        if (how === 'remove') return before + after;
        if (how === 'double') return before + part + part + after;
        return before + by + (how === 'add' ? part : '') + after;
      }, text),
    );

/** Any bytes, or the bytes of the text with some of them changed. */
export const changedBytes = (text: string): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }).map((changes) => {
      const bytes = Buffer.from(text);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    }),
  );
