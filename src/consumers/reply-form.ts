import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isJsonObject } from '../json-object.ts';
import { schemaCheck } from '../json-schema.ts';
import { memoize } from '../memory/memoize.ts';
import { checkedReplySchemas, recommendationsMax } from './reply-schema.ts';
import type { ObjectSchema, PartSchema } from './reply-schema.ts';

/** The problems of a value against the reply's schema, in words that repeat nothing of it. Empty if it fits. */
export const formProblems = memoize((content: QuestionnaireContent) => {
  const { whole, each } = checkedReplySchemas(content);
  const problemsOfWhole = objectCheck(whole);
  const problemsOfEach = objectCheck(each);
  return (value: unknown): string[] => {
    const items = isJsonObject(value) && Array.isArray(value.recommendations) ? value.recommendations : [];
    // Further ones are a problem of the whole; checking thousands of them would take long.
    const checked = items.slice(0, recommendationsMax);
    const problems = [
      ...problemsOfWhole(value, ''),
      ...checked.flatMap((item, index) => problemsOfEach(item, `/recommendations/${index}`)),
    ];
    return [...new Set(problems)];
  };
});

/** Checks an object and its members, but not the members' members. */
function objectCheck({ required, ...schema }: ObjectSchema): (value: unknown, path: string) => string[] {
  const check = schemaCheck(schema);
  return (value, path) => {
    const name = path || 'The answer';
    const missing = isJsonObject(value) ? required.filter((key) => !Object.hasOwn(value, key)) : [];
    return [
      ...missing.map((key) => `${name} has no "${key}".`),
      ...check(value).map(({ keyword, path: inner }) => {
        const part: Partial<PartSchema> | undefined =
          inner === '' ? { type: schema.type } : schema.properties[inner.slice('/'.length)];
        return `${inner === '' ? name : path + inner} ${wrong(keyword, part)}.`;
      }),
    ];
  };
}

/** The predicate of a sentence about a violated keyword. */
function wrong(keyword: string, { type, maxLength, minItems, maxItems }: Partial<PartSchema> = {}): string {
  if (keyword === 'type' && type) return `has to be ${[type].flat().map(kindOf).join(' or ')}`;
  if (keyword === 'enum') return 'is none of the values that the schema allows';
  if (keyword === 'additionalProperties') return 'has a member that the schema does not know';
  if (keyword === 'maxLength') return `is longer than ${maxLength} characters`;
  if (keyword === 'minItems') return `has fewer entries than ${minItems}`;
  if (keyword === 'maxItems') return `has more entries than ${maxItems}`;
  return 'does not fit the schema';
}

const kindOf = (type: string): string => ({ string: 'a text', object: 'an object', array: 'a list' })[type] ?? type;
