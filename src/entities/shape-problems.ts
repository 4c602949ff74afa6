import type { z } from 'zod';

/** The words for a value that does not have the shape of its place. Each says what is allowed there. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing. Add ${TYPES[issue.expected] ?? issue.expected}`
        : `has to be ${TYPES[issue.expected] ?? issue.expected}. Correct it`;
    case 'too_big':
      return `${bound('at most', issue.maximum, issue)} Shorten or lower it`;
    case 'too_small':
      return `${bound('at least', issue.minimum, issue)} Add to it`;
    case 'invalid_value':
      return `has to be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}. Correct it`;
    case 'invalid_format':
      return `is no ${issue.format}. Correct it`;
    default:
      return undefined;
  }
};

/** The problems of a value, each with its place and a remedy. */
export const problemsOf = (issues: readonly z.core.$ZodIssue[], path: readonly PropertyKey[] = []): string[] =>
  issues.flatMap((issue) => problemsOfIssue(issue, [...path, ...issue.path]));

function problemsOfIssue(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string[] {
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  if (issue.code === 'unrecognized_keys') return [`${where}unknown ${issue.keys.join(', ')}. Remove or rename it.`];
  if (issue.code === 'invalid_key')
    return [sentence(`${where}${issue.issues.map((inner) => inner.message).join('; ')}`)];
  if (issue.code === 'invalid_union') {
    // The branch that the author meant is the only one that fits in its type.
    const meant = issue.errors.filter((branch) =>
      branch.every((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'),
    );
    if (meant[0] && meant.length === 1) return problemsOf(meant[0], path);
  }
  return [sentence(`${where}${issue.message}`)];
}

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

const COUNTED: Record<string, string> = { string: ' characters', array: ' entries' };

function bound(
  words: string,
  value: number | bigint,
  { origin, inclusive }: { origin: string; inclusive?: boolean },
): string {
  const than = inclusive === false ? (words === 'at most' ? 'less than' : 'more than') : words;
  return origin in COUNTED ? `has to have ${than} ${value}${COUNTED[origin]}.` : `has to be ${than} ${value}.`;
}
