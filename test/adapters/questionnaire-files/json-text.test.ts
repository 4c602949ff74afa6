import { array, assert, constantFrom, json, nat, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from '../../../src/adapters/questionnaire-files/json-text.ts';

const encoder = new TextEncoder();
const read = (text: string) => readJson('file.json', encoder.encode(text));

function problemsOf(given: string | Uint8Array): string[] {
  const found = typeof given === 'string' ? read(given) : readJson('file.json', given);
  return 'problems' in found ? found.problems : [];
}

function valueOf(text: string): unknown {
  const found = read(text);
  if ('problems' in found) throw new Error(found.problems.join('\n'));
  return found.value;
}

function lineIn(text: string, path: string): number {
  const found = read(text);
  if ('problems' in found) throw new Error(found.problems.join('\n'));
  return found.lineOf(path);
}

test('bytes that are not UTF-8 are refused by name', () => {
  for (const bytes of [Buffer.from('{"title":"Müde"}', 'latin1'), Buffer.from([0xc3])])
    expect(problemsOf(bytes)).toEqual(['file.json: it is not UTF-8. Save it as UTF-8.']);
});

test('a byte-order mark is read', () => {
  expect(valueOf('\uFEFF{"title":"Müde 😴"}')).toEqual({ title: 'Müde 😴' });
});

test.each([
  ['{"a": 1,}', 'column 9: it is no JSON. A key in double quotes is missing. Add it, or remove the comma before.'],
  [
    '[1,]',
    'column 4: it is no JSON. A value is missing. Add it, or remove the comma before. Texts are in double quotes.',
  ],
  ['{"a": 1', 'column 8: it is no JSON. A closing } is missing. Add it.'],
  ['[1', 'column 3: it is no JSON. A closing ] is missing. Add it.'],
  ['{"a" 1}', 'column 6: it is no JSON. A colon is missing. Write one between the key and its value.'],
  ['{"a": 1 "b": 2}', 'column 9: it is no JSON. A comma is missing. Write one after the entry before.'],
  [
    '{"a": 1}}',
    'column 9: it is no JSON. Something follows the end of the JSON. Remove it, or a bracket that closes too early.',
  ],
  ['{"a": 1} // why', 'column 10: it is no JSON. A comment. JSON has none: remove it.'],
  ['/* why */ {}', 'column 1: it is no JSON. A comment. JSON has none: remove it.'],
  [
    '{"😴": "x}',
    'column 8: it is no JSON. A text without its closing quote. Add it; write a line break in a text as \\n.',
  ],
  [
    '{"a": "\t"}',
    'column 7: it is no JSON. A control character in a text. Write a tab as \\t and a line break as \\n.',
  ],
  ['{"a": "\\d"}', 'column 7: it is no JSON. An unknown escape in a text. Write a backslash as \\\\.'],
  ['{"a": "\\u12"}', 'column 7: it is no JSON. An escape \\u without four hexadecimal digits. Correct it.'],
  ['{"a": 1.}', 'column 7: it is no JSON. A number that is not complete. Correct it.'],
  ["{'a': 1}", expect.stringContaining('A text or key needs double quotes')],
  ['{"a": .5}', expect.stringContaining('a number begins with a digit or -')],
  ['', expect.stringContaining('A value is missing')],
])('a mistake is told with its line and column: %s', (text, problem) => {
  expect(problemsOf(text).map((one) => one.replace('file.json:1: ', ''))).toEqual([problem]);
});

test('lines end as on any system', () => {
  for (const end of ['\n', '\r\n', '\r'])
    expect(problemsOf(['{', '  "a": 1,', '  "b": x', '}'].join(end))).toEqual([
      expect.stringMatching(/^file\.json:3: column 8: /),
    ]);
});

test('a key that stands twice in an object is refused with its path and all its lines', () => {
  const text = `{
    "pages": [
      { "title": "One", "items": [],
        "title": "Two" }
    ],
    "q": { "x y": 1, "x y": 2 },
    "__proto__": 1,
    "__proto__": 2,
    "q": 3
  }`;
  expect(problemsOf(text)).toEqual([
    'file.json:9: q: the key stands twice, in the lines 6 and 9. Rename or remove all but one.',
    'file.json:8: __proto__: the key stands twice, in the lines 7 and 8. Rename or remove all but one.',
    'file.json:4: pages.0.title: the key stands twice, in the lines 3 and 4. Rename or remove all but one.',
    'file.json:6: q."x y": the key stands twice, in this line. Rename or remove all but one.',
  ]);
  expect(problemsOf('{"a":1,\n"a":2,\n"a":3}')).toEqual([
    'file.json:3: a: the key stands 3 times, in the lines 1 and 2 and 3. Rename or remove all but one.',
  ]);
  expect(valueOf('{"a":{"b":1},"c":{"b":1}}')).toEqual({ a: { b: 1 }, c: { b: 1 } });
});

test('the number of problems and the text of a key are limited, and a key cannot break a line', () => {
  const twice = Array.from({ length: 300 }, (_, index) => `"k${index}":1,"k${index}":2`);
  expect(problemsOf(`{${twice.join(',')}}`)).toHaveLength(100);
  const long = `${'x'.repeat(5_000)}\\n`;
  const [problem = ''] = problemsOf(`{"\\nforged":1,"\\nforged":2}`);
  expect(problem).toContain('"\\nforged"');
  expect(problem).not.toContain('\n');
  expect(problemsOf(`{"${long}":1,"${long}":2}`)[0]?.length).toBeLessThan(300);
});

test('a text that is nested too deep is refused, and does not exhaust the stack', () => {
  expect(problemsOf(`${'[\n'.repeat(49)}[1]${']'.repeat(49)}`)).toEqual([]);
  for (const open of ['[\n', '{"a":\n'])
    expect(problemsOf(open.repeat(100_000))).toEqual([
      'file.json:51: more than 50 levels are nested here. Remove some.',
    ]);
  expect(valueOf(JSON.stringify({ text: '['.repeat(200) }))).toEqual({ text: '['.repeat(200) });
});

test('a place is found by keys, indices and ids, as far as it is there', () => {
  const text = `{
    "slug": "trial",
    "scoring": { "areas": [
      { "id": "sleep",
        "title": "" },
      { "id": "mood" }
    ] },
    "a.b": 1
  }`;
  expect(lineIn(text, 'slug')).toBe(2);
  expect(lineIn(text, 'scoring.areas.0.title')).toBe(5);
  expect(lineIn(text, 'scoring.areas.sleep.title')).toBe(5);
  expect(lineIn(text, 'scoring.areas.mood')).toBe(6);
  expect(lineIn(text, 'scoring.areas.mood.items.3')).toBe(6);
  expect(lineIn(text, 'scoring.areas.rest')).toBe(3);
  expect(lineIn(text, 'minutes')).toBe(1);
  expect(lineIn('[]', 'minutes')).toBe(1);
});

/** A JSON text with a few characters changed. */
const nearlyJson = tuple(
  json({ maxDepth: 4 }),
  array(tuple(nat(), constantFrom(...'{}[]:,"\\ \n\t0123.-+eEtrufalsn/*\u00a0'.split(''))), { maxLength: 3 }),
).map(([text, edits]) =>
  edits.reduce((edited, [at, sign]) => {
    const place = at % (edited.length + 1);
    return edited.slice(0, place) + sign + edited.slice(place + (at % 2));
  }, text),
);

function expectedOf(text: string, isTwice: boolean): { isRefused: boolean; value: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return { isRefused: false, value: isTwice ? undefined : value };
  } catch {
    return { isRefused: true, value: undefined };
  }
}

test("a text is read as Node's reader reads it, or refused as there, but for keys that stand twice", () => {
  assert(
    property(nearlyJson, (text) => {
      const found = read(text);
      const isTwice = 'problems' in found && found.problems.every((problem) => problem.includes('the key stands'));
      const isRefused = 'problems' in found && found.problems.length > 0 && !isTwice;
      expect({ isRefused, value: 'value' in found ? found.value : undefined }).toEqual(expectedOf(text, isTwice));
    }),
    { numRuns: 3_000 },
  );
});
