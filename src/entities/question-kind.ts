import type { Question } from './question.ts';

/**
 * The kinds of questions that a questionnaire may have. The web page has a control for each (`Field` in
 * web/src/form/fields.ts); test/web/question-kinds.test.ts fails where the two lists or their meanings differ.
 */
export const questionKinds = ['scale', 'choice', 'choices', 'text'] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** A longer row of radio buttons is hard to use. */
const scaleStepsMax = 21;

/** The kind of a well-formed question, or why the web page cannot show it and what to write instead. */
export function kindOf(question: Question): { kind: QuestionKind } | { problem: string } {
  const { type, oneOf, items, format } = question;
  if (question.enum ?? items?.enum) return refusal('choices without titles', 'Write "oneOf" in place of "enum"');
  switch (type) {
    case 'boolean':
      return refusal('a boolean', 'Make it a string with "oneOf", such as yes and no');
    case 'number':
      return refusal('a number with decimals', 'Make it an integer');
    case 'integer':
      return oneOf ? { kind: 'choice' } : scale(question);
    case 'array':
      return choices(question);
    default:
      if (oneOf) return { kind: 'choice' };
      return format ? refusal('a date', 'Make it a text with "maxLength" and "pattern"') : { kind: 'text' };
  }
}

function scale({ minimum, maximum }: Question) {
  const isShort = minimum !== undefined && maximum !== undefined && maximum - minimum < scaleStepsMax;
  if (isShort && Number.isInteger(minimum) && Number.isInteger(maximum)) return { kind: 'scale' } as const;
  const remedy = `Give it a whole "minimum" and "maximum" with at most ${scaleStepsMax} steps, or "oneOf"`;
  return refusal('an integer without a short range', remedy);
}

function choices({ items, minItems = 0 }: Question) {
  if (!items?.oneOf) return refusal('a list of free entries', 'Give its "items" a "oneOf"');
  if (minItems <= items.oneOf.length) return { kind: 'choices' } as const;
  return refusal('the same choice twice in a list', 'Lower "minItems" to the number of choices');
}

const refusal = (what: string, remedy: string) => ({ problem: `the web page cannot show ${what}. ${remedy}.` });
