import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../questionnaires/', import.meta.url);

type Advice = { title: string; rationale: string; action?: string };

const isAdvice = (value: object): value is Advice =>
  'title' in value && typeof value.title === 'string' && 'rationale' in value && typeof value.rationale === 'string';

function* adviceIn(value: unknown): Generator<Advice> {
  if (typeof value !== 'object' || value === null) return;
  if (isAdvice(value)) yield value;
  for (const inner of Object.values(value)) yield* adviceIn(inner);
}

/** All advice of the questionnaires of this project. */
function allAdvice(): Advice[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => {
    const { advice } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { advice?: unknown };
    return [...adviceIn(advice)];
  });
}

/** Each piece of JSON between two texts is one token, so that the model alone makes no mistake of syntax. */
const JSON_PIECES = {
  begin: '{"summary":"',
  list: '","recommendations":[{"title":"',
  why: '","rationale":"',
  what: '","action":"',
  rank: '","area":null,"priority":"',
  next: '"},{"title":"',
  end: '"}]}',
};

export const BEGIN = JSON_PIECES.begin;
const PRIORITIES = ['HIGH', 'MEDIUM', 'LOW'];

const wordsOf = (text: string): readonly string[] => text.match(/ ?[A-Za-z’'-]+|[.,;:!?]/g) ?? [];

/** Replies in the form of the recommendations, as lists of tokens: the texts that the model has learned. */
export function replies(): string[][] {
  const advice = allAdvice();
  if (advice.length < 4) throw new Error('the questionnaires have too little advice to learn from');
  const { begin, list, why, what, rank, next, end } = JSON_PIECES;
  return advice.slice(3).map((first, at) => {
    const others = advice.slice(at, at + 3);
    const body = others.flatMap(({ title, rationale, action = rationale }, index) => [
      ...wordsOf(title),
      why,
      ...wordsOf(rationale),
      what,
      ...wordsOf(action),
      rank,
      PRIORITIES[index] ?? '',
      index < 2 ? next : end,
    ]);
    return [begin, ...wordsOf(first.rationale), list, ...body];
  });
}
