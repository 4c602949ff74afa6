import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isBlank, unstorable } from '../entities/text.ts';
import { thoughtEndOf } from '../json-in-text.ts';
import { echoes, type Text } from './reply-echo.ts';
import { formProblems } from './reply-form.ts';
import { jsonValuesOf } from './reply-json.ts';
import { shortened } from './reply-length.ts';
import { areaOf, recommendationsMax, type ReplyContent } from './reply-schema.ts';
import { cleanText, isOverloaded, plainForm } from './reply-text.ts';
import type { PromptMessage } from './prompt.ts';

export type { ReplyContent } from './reply-schema.ts';
export type ParsedReply = { ok: true; reply: ReplyContent } | { ok: false; problems: string[] };

/** About four times the longest reply that fits the schema. A longer text is not worth parsing. */
export const textCharactersMax = 150_000;
// As many as a model can mend in one repair. Further ones are usually the same mistake again.
const problemsMax = 10;

/**
 * Reads and checks the text of a reply. Thoughts before it, prose and fences around it are allowed. The problems may be sent
 * to the model and logged: they repeat nothing of the text, and call the reply an answer, as the prompt does.
 */
export function parseReply(content: QuestionnaireContent, text: string): ParsedReply {
  const told = withoutThoughts(text);
  if (told.length > textCharactersMax) return refused(['The answer is far too long.']);
  let first: ParsedReply | undefined;
  for (const value of jsonValuesOf(told)) {
    const checked = checkReply(content, value);
    if (checked.ok) return checked;
    first ??= checked;
  }
  return first ?? refused(['The answer is not valid JSON.']);
}

/** Checks a parsed reply. Its texts are cleaned first, so that the checked texts are the ones that are stored and shown. */
export function checkReply(content: QuestionnaireContent, value: unknown): ParsedReply {
  const clean = withCleanTexts(content, value);
  const problems = formProblems(content)(clean);
  if (problems.length > 0) return refused(problems);
  const reply = clean as ReplyContent; // it fits the schema
  for (const text of textsOf(reply)) problems.push(...textProblems(text));
  problems.push(...repetitions(reply), ...echoes(content, [...textsOf(reply)]));
  return problems.length > 0 ? refused(problems) : { ok: true, reply };
}

/** The part of a rejected text that the repair shows to the model, without characters that can't be sent or stored. */
export const shownText = (text: string): string =>
  withoutThoughts(text).slice(0, shownCharactersMax).toWellFormed().replaceAll(CONTROLS, '\uFFFD');

/** The messages of the repair: the previous ones, the rejected reply, and its problems. */
export function repairMessages(
  previousMessages: readonly PromptMessage[],
  badText: string,
  problems: readonly string[],
): PromptMessage[] {
  const shown = shownText(badText);
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  const request = `That answer cannot be used:\n${list}\nAnswer again in full, with JSON alone that fits the schema.`;
  if (!isBlank(shown))
    return [...previousMessages, { role: 'assistant', content: shown }, { role: 'user', content: request }];
  // Some servers refuse a message without content, and some two messages of one role in a row.
  const last = previousMessages.at(-1);
  return [
    ...previousMessages.slice(0, -1),
    { role: 'user', content: [last?.content ?? '', request].join('\n\n').trim() },
  ];
}

// Every token of it is paid for, and replies that are worth mending are shorter.
const shownCharactersMax = 20_000;

const refused = (problems: string[]): ParsedReply => ({ ok: false, problems: problems.slice(0, problemsMax) });

const withoutThoughts = (text: string): string => text.slice(thoughtEndOf(text));

/** Cleans each text of a reply that may not fit the schema, and cuts those that are a little too long. */
function withCleanTexts(content: QuestionnaireContent, value: unknown): unknown {
  const fitted = (member: unknown, key: string): unknown => {
    if (typeof member !== 'string') return member;
    const text = cleanText(member);
    return key === 'area' ? areaOf(content, text) : shortened(text, key);
  };
  return withMembers(value, (member, key) => {
    if (key !== 'recommendations' || !Array.isArray(member)) return fitted(member, key);
    // Further ones are a problem anyway.
    return member.map((item: unknown, index) => (index < recommendationsMax ? withMembers(item, fitted) : item));
  });
}

function withMembers(value: unknown, change: (member: unknown, key: string) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // Keeps a member named __proto__ a member, which the schema refuses.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member, key)]));
}

function textProblems([path, text]: Text): string[] {
  if (isBlank(text)) return [`${path} is blank.`];
  if (unstorable(text) || text.search(CONTROLS) !== -1 || isOverloaded(text))
    return [`${path} contains control or broken characters.`];
  return hasMarkup(text) ? [`${path} contains markup or a link. Write plain text.`] : [];
}

// All control characters but line breaks and tabs, the only ones with a meaning for a reader.
const CONTROLS = /[\p{Cc}--[\n\r\t]]/gv;

// Our pages show plain text, but other clients of the API might interpret it.
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

/** HTML, a link or an image of Markdown, or an address of which readers make a link. */
export const hasMarkup = (text: string): boolean => MARKUP.test(plainForm(text));

function* repetitions({ recommendations }: ReplyContent) {
  for (const key of ['title', 'action'] as const) {
    const seen = new Set<string>();
    for (const [index, recommendation] of recommendations.entries()) {
      const plain = plainForm(recommendation[key]).toLowerCase().replaceAll(/\s+/g, ' ').trim();
      if (seen.has(plain)) yield `/recommendations/${index}/${key} repeats an earlier one.`;
      seen.add(plain);
    }
  }
}

function* textsOf({ summary, recommendations }: ReplyContent): Generator<Text> {
  yield ['/summary', summary];
  for (const [index, { title, rationale, action }] of recommendations.entries()) {
    yield [`/recommendations/${index}/title`, title];
    yield [`/recommendations/${index}/rationale`, rationale];
    yield [`/recommendations/${index}/action`, action];
  }
}
