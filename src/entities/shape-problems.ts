import type { z } from 'zod';
import { shownKey } from './shown-key.ts';

/** The words for a value that does not have the shape of its place. Each says what is allowed there. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing. Add ${TYPES[issue.expected] ?? issue.expected}`
        : `has to be ${TYPES[issue.expected] ?? issue.expected}. Correct it`;
    case 'too_big':
      return bound('at most', issue.maximum, issue);
    case 'too_small':
      return bound('at least', issue.minimum, issue);
    case 'invalid_value':
      return issue.input === undefined
        ? `is missing. Add ${oneOf(issue.values)}`
        : `has to be ${oneOf(issue.values)}. Correct it`;
    case 'invalid_format':
      return issue.format === 'date' ? 'is no date. Write it as "2001-12-31"' : `is no ${issue.format}. Correct it`;
    default:
      return undefined;
  }
};

const oneOf = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

/** The problems of a value, each with its place and a remedy. */
export const problemsOf = (issues: readonly z.core.$ZodIssue[], path: readonly PropertyKey[] = []): string[] =>
  issues.flatMap((issue) => problemsOfIssue(issue, [...path, ...issue.path]));

function problemsOfIssue(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string[] {
  const where = path.length > 0 ? `${path.map((part) => shownKey(String(part))).join('.')}: ` : '';
  if (issue.code === 'unrecognized_keys') return [`${where}unknown ${issue.keys.join(', ')}. Remove or rename it.`];
  if (issue.code === 'invalid_key')
    return [sentence(`${where}${issue.issues.map((inner) => inner.message).join('; ')}`)];
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant) return problemsOf(meant, path);
  }
  return [sentence(`${where}${issue.message}`)];
}

/** The branch that the author meant: the only one of its type, or the one that knows the most members. */
function meantBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const fitting = branches
    .filter((branch) => branch.every((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'))
    .map((branch) => ({ branch, unknown: unknownMembers(branch) }))
    .toSorted((a, b) => a.unknown - b.unknown);
  const [first, second] = fitting;
  return first && (!second || first.unknown < second.unknown) ? first.branch : undefined;
}

const unknownMembers = (branch: readonly z.core.$ZodIssue[]): number =>
  branch.reduce((count, issue) => count + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
};

type Words = { one: string; many: string; 'at most': string; 'at least': string };

/** The units in which a value is counted, and the remedies. A value of another type is a number without a unit. */
const COUNTED: Record<string, Words> = {
  string: { one: 'character', many: 'characters', 'at most': 'Shorten it', 'at least': 'Add some' },
  array: { one: 'entry', many: 'entries', 'at most': 'Remove some', 'at least': 'Add some' },
};

function bound(
  words: 'at most' | 'at least',
  value: number | bigint,
  { origin, inclusive }: { origin: string; inclusive?: boolean },
): string {
  const counted = COUNTED[origin];
  if (counted) return `has to have ${words} ${value} ${value === 1 ? counted.one : counted.many}. ${counted[words]}`;
  if (words === 'at most') return `has to be ${inclusive === false ? 'less than' : words} ${value}. Lower it`;
  return `has to be ${inclusive === false ? 'more than' : words} ${value}. Raise it`;
}
