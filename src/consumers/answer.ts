import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isBlank, unstorable } from '../entities/text.ts';
import { onceEach } from '../once-each.ts';
import { formProblems } from './answer-form.ts';
import type { Answer } from './answer-schema.ts';
import { systemText } from './prompt.ts';
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

/** Everything that an answer has to be, apart from its form as a text. */
export function checkAnswer(content: QuestionnaireContent, value: unknown): ParsedAnswer {
  const misfits = formProblems(content)(value);
  if (misfits.length > 0) return refused(misfits);
  const answer = value as Answer; // it fits the schema
  const texts = [...textsOf(answer)];
  // What is not in all of it is in no part, and most answers are in order.
  const whole = texts.map(([, text]) => text).join('\n');
  const problems = [...textProblems(texts, whole), ...repetitions(answer), ...echoes(texts, whole, secretsOf(content))];
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

function* textProblems(texts: readonly Text[], whole: string) {
  const isPlain = !unstorable(whole) && whole.search(CONTROLS) === -1 && !MARKUP.test(whole);
  for (const [path, text] of texts) {
    if (isBlank(text)) yield `${path} is blank.`;
    else if (isPlain) continue;
    else if (unstorable(text) || text.search(CONTROLS) !== -1) yield `${path} contains control or broken characters.`;
    else if (MARKUP.test(text)) yield `${path} contains markup or a link. Write plain text.`;
  }
}

// Line breaks and tabs are the only ones that mean something to a reader.
const CONTROLS = /[\p{Cc}--[\n\r\t]]/gv;

// Tags, links and images of Markdown, addresses that run code. Pages show plain text; other readers might not.
const MARKUP = /<[a-z!/][^<>]*>|\]\(|\b(?:java|vb)script:|\bdata:\w+\//i;

function* repetitions({ recommendations }: Answer) {
  for (const key of ['title', 'action'] as const) {
    const seen = new Set<string>();
    for (const [index, recommendation] of recommendations.entries()) {
      const plain = recommendation[key].toLowerCase().replaceAll(/\s+/g, ' ').trim();
      if (seen.has(plain)) yield `/recommendations/${index}/${key} repeats an earlier one.`;
      seen.add(plain);
    }
  }
}

function* echoes(texts: readonly Text[], whole: string, secrets: string[]) {
  const lower = whole.toLowerCase();
  const found = secrets.filter((secret) => lower.includes(secret));
  if (found.length === 0) return;
  for (const [path, text] of texts)
    if (found.some((secret) => text.toLowerCase().includes(secret))) yield `${path} repeats the instructions.`;
}

// A shorter sentence, such as "You do not diagnose", may well be meant for the person.
const secretCharactersMin = 40;

/** The sentences that must not come back: whoever finds one in an answer knows the instructions. */
const secretsOf = onceEach((content: QuestionnaireContent): string[] =>
  systemText(content)
    .split(/(?<=\.)\s/)
    .map((sentence) => sentence.trim().toLowerCase())
    .filter((sentence) => sentence.length >= secretCharactersMin),
);

type Text = [path: string, text: string];

function* textsOf({ summary, recommendations }: Answer): Generator<Text> {
  yield ['/summary', summary];
  for (const [index, { title, rationale, action }] of recommendations.entries()) {
    yield [`/recommendations/${index}/title`, title];
    yield [`/recommendations/${index}/rationale`, rationale];
    yield [`/recommendations/${index}/action`, action];
  }
}
