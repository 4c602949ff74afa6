import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isBlank, unstorable } from '../entities/text.ts';
import { echoes, type Text } from './answer-echo.ts';
import { formProblems } from './answer-form.ts';
import type { Answer } from './answer-schema.ts';
import { cleanText, isOverloaded, plainForm } from './answer-text.ts';
import type { PromptMessage } from './prompt.ts';

export type { Answer } from './answer-schema.ts';
export type ParsedAnswer = { ok: true; answer: Answer } | { ok: false; problems: string[] };

/** Some four times the longest answer that fits the schema: a longer text is not worth parsing. */
export const textCharactersMax = 150_000;
// What a model can mend in one go. More are usually the same mistake again.
const problemsMax = 10;

/**
 * The model's text as an answer, or what is wrong with it in words that may go back to the model and into a log: they
 * repeat nothing of the text. Only what wraps the JSON is forgiven: a byte order mark, space, one code fence.
 */
export function parseAnswer(content: QuestionnaireContent, text: string): ParsedAnswer {
  if (text.length > textCharactersMax) return refused(['The answer is far too long.']);
  let value: unknown;
  try {
    value = JSON.parse(withoutFence(text));
  } catch {
    return refused(['The answer is not valid JSON.']); // the parser's own message repeats the text
  }
  return checkAnswer(content, value);
}

/**
 * Everything that an answer has to be, apart from its form as a text. Its texts are cleaned first: what is checked is
 * what is stored and shown.
 */
export function checkAnswer(content: QuestionnaireContent, value: unknown): ParsedAnswer {
  const clean = withCleanTexts(value);
  const problems = formProblems(content)(clean);
  if (problems.length > 0) return refused(problems);
  const answer = clean as Answer; // it fits the schema
  for (const text of textsOf(answer)) problems.push(...textProblems(text));
  problems.push(...repetitions(answer), ...echoes(content, [...textsOf(answer)]));
  return problems.length > 0 ? refused(problems) : { ok: true, answer };
}

/** As much of a text that does not fit as its repair is shown, without what can't be sent or stored. */
export const shownText = (text: string): string =>
  text.slice(0, shownCharactersMax).toWellFormed().replaceAll(CONTROLS, '\uFFFD');

/** The messages of the one repair try: the story so far, the answer, and what is wrong with it. */
export function repairMessages(
  previousMessages: readonly PromptMessage[],
  badText: string,
  problems: readonly string[],
): PromptMessage[] {
  const shown = shownText(badText);
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  const request = `That answer cannot be used:\n${list}\nAnswer again in full, with JSON alone that fits the schema.`;
  return [
    ...previousMessages,
    // Some servers refuse a message without content.
    ...(isBlank(shown) ? [] : [{ role: 'assistant' as const, content: shown }]),
    { role: 'user', content: request },
  ];
}

// Every token of it is paid for. The answers that are worth mending are shorter.
const shownCharactersMax = 20_000;

const refused = (problems: string[]): ParsedAnswer => ({ ok: false, problems: problems.slice(0, problemsMax) });

function withoutFence(text: string): string {
  const trimmed = text.trim(); // a byte order mark is space to it
  const firstLineEnd = trimmed.indexOf('\n');
  const isFenced = trimmed.startsWith('```') && trimmed.endsWith('```') && firstLineEnd !== -1;
  return isFenced ? trimmed.slice(firstLineEnd, -'```'.length) : trimmed;
}

/** Each text that an answer has, whatever else it has. */
function withCleanTexts(value: unknown): unknown {
  return withMembers(value, (member, key) => {
    if (key !== 'recommendations' || !Array.isArray(member)) return cleaned(member);
    return member.map((item: unknown) => withMembers(item, cleaned));
  });
}

function withMembers(value: unknown, change: (member: unknown, key: string) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // Keeps a member named __proto__ a member, which the schema refuses.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member, key)]));
}

const cleaned = (value: unknown): unknown => (typeof value === 'string' ? cleanText(value) : value);

function textProblems([path, text]: Text): string[] {
  if (isBlank(text)) return [`${path} is blank.`];
  if (unstorable(text) || text.search(CONTROLS) !== -1 || isOverloaded(text))
    return [`${path} contains control or broken characters.`];
  return MARKUP.test(plainForm(text)) ? [`${path} contains markup or a link. Write plain text.`] : [];
}

// Line breaks and tabs are the only ones that mean something to a reader.
const CONTROLS = /[\p{Cc}--[\n\r\t]]/gv;

// Pages show plain text; other readers might not.
const MARKUP = new RegExp(
  [
    /<[a-z!/][^<>]*>/, // a tag
    /\]\(|\]\[[^[\]]*\]|\]:\s*<?\//, // Markdown: a link or an image, one by reference, where the reference leads
    /[a-z0-9]:\/\/|\bwww[.\u3002]\S|\bmailto:\S/, // many readers make links of bare addresses
    /\b(?:java|vb)script:|\bdata:\w+\//, // addresses that run code
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

function* repetitions({ recommendations }: Answer) {
  for (const key of ['title', 'action'] as const) {
    const seen = new Set<string>();
    for (const [index, recommendation] of recommendations.entries()) {
      const plain = plainForm(recommendation[key]).toLowerCase().replaceAll(/\s+/g, ' ').trim();
      if (seen.has(plain)) yield `/recommendations/${index}/${key} repeats an earlier one.`;
      seen.add(plain);
    }
  }
}

function* textsOf({ summary, recommendations }: Answer): Generator<Text> {
  yield ['/summary', summary];
  for (const [index, { title, rationale, action }] of recommendations.entries()) {
    yield [`/recommendations/${index}/title`, title];
    yield [`/recommendations/${index}/rationale`, rationale];
    yield [`/recommendations/${index}/action`, action];
  }
}
