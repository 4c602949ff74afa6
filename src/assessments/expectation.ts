import { OTHER_MAX } from '../entities/answer.ts';
import { type itemOf, type Option, type QuestionItem } from '../entities/item.ts';

/** The message for an answer that breaks this rule of its question. */
export function messageFor(item: ReturnType<typeof itemOf>, rule: string): string {
  const isForm = rule === 'pattern' && 'form' in item;
  if (!isForm) return expectationOf(item);
  return item.form === null ? 'This does not have the expected form.' : `Write it in this form: ${item.form}.`;
}

/** Sentences for the person that describe a valid answer. */
export function expectationOf(item: ReturnType<typeof itemOf>): string {
  if ('problem' in item) return 'This does not fit the questionnaire.';
  const declined = item.canDecline ? ' Or answer {"declined": true}.' : '';
  return `${sentenceOf(item)}${declined}`;
}

function sentenceOf(item: QuestionItem): string {
  switch (item.kind) {
    case 'scale':
      return `Give a whole number from ${item.minimum} to ${item.maximum}.`;
    case 'whole_number':
    case 'number':
      return numberSentence(item);
    case 'choice':
      return `Choose one of: ${namesOf(item.options)}.${otherSentence(item.other)}`;
    case 'choices':
      return `Choose ${countOf(item)} of: ${namesOf(item.options)}, each only once.${otherSentence(item.other)}`;
    case 'yes_no':
      return 'Answer true or false.';
    case 'date': {
      const from = item.earliest ? `, not before ${item.earliest}` : '';
      const to = item.latest ? `, not after ${item.latest}` : '';
      return `Give a date in the form 2001-12-31${from}${to}.`;
    }
    case 'email':
      return `Give an e-mail address such as name@example.com, of at most ${item.maxLength} characters.`;
    case 'text':
    case 'long_text': {
      const form = item.form === null ? '' : `, in this form: ${item.form}`;
      return `Write a text of ${item.minLength} to ${item.maxLength} characters${form}.`;
    }
    default:
      return `Give a list of ${countOf(item)} texts of at most ${item.maxLength} characters${item.uniqueItems ? ', each only once' : ''}.`;
  }
}

function numberSentence({
  kind,
  minimum,
  maximum,
  unit,
}: Extract<QuestionItem, { kind: 'number' | 'whole_number' }>): string {
  const what = kind === 'number' ? 'number' : 'whole number';
  const end = unit === null ? '.' : ` (${unit}).`;
  if (minimum !== null && maximum !== null) return `Give a ${what} from ${minimum} to ${maximum}${end}`;
  if (minimum !== null) return `Give a ${what} of at least ${minimum}${end}`;
  return maximum === null ? `Give a ${what}${end}` : `Give a ${what} of at most ${maximum}${end}`;
}

const namesOf = (options: readonly Option[]): string =>
  options.map(({ value, title }) => (String(value) === title ? title : `${value} (${title})`)).join(', ');

const countOf = ({ minItems, maxItems }: { minItems: number; maxItems: number }): string =>
  minItems === maxItems ? String(minItems) : `${minItems} to ${maxItems}`;

const otherSentence = (other: string | null): string =>
  other === null ? '' : ` Or give your own words as {"other": "…"}, at most ${OTHER_MAX} characters.`;
