import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { schemaCheck } from '../src/json-schema.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'age'],
  properties: { name: { type: 'string', maxLength: 3 }, age: { type: 'integer', minimum: 1 } },
} as const;

test('every keyword that is broken is listed with its place, and none that only repeats it', () => {
  const check = schemaCheck(schema);
  expect(check({ name: 'Ada', age: 36 })).toEqual([]);
  expect(check({ name: 'Grace', other: 1 })).toEqual([
    { keyword: 'required', path: '' },
    { keyword: 'maxLength', path: '/name' },
    { keyword: 'additionalProperties', path: '' },
  ]);
});

test.each([[undefined], [1n], [Symbol('x')], [() => 1]])('%s is no JSON and breaks the type', (value) => {
  expect(schemaCheck({})(value)).toEqual([{ keyword: 'type', path: '' }]);
});

test('the schema that is handed over stays as it is', () => {
  const own = structuredClone(schema);
  schemaCheck(own)({});
  const all = [own, own.properties, own.properties.name];
  expect(all.flatMap((one) => Object.getOwnPropertyNames(one))).toEqual([
    ...Object.keys(schema),
    ...Object.keys(schema.properties),
    ...Object.keys(schema.properties.name),
  ]);
});

const PROGRAM = `
  const { wellbeing, wellbeingAnswers } = await import('./test/support/questionnaires.ts');
  const { answersCheck } = await import('./src/assessments/answers.ts');
  const { parseReply } = await import('./src/consumers/reply.ts');
  const issues = answersCheck(wellbeing)({ ...wellbeingAnswers, mood: 11 });
  console.log(JSON.stringify([issues.map(({ rule }) => rule), parseReply(wellbeing, '{}').problems.length]));
`;

test('answers are checked in a process that makes no code from text', async () => {
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: new URL('..', import.meta.url) });
  expect(JSON.parse(stdout)).toEqual([['maximum'], 2]);
});
