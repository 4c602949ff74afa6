import { TO_TRANSLATE } from '../entities/marked-texts.ts';
import { overlayShape, type Overlay } from '../entities/overlay-shape.ts';
import { localized, textsOf } from '../entities/overlay.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isJsonObject } from '../json-object.ts';

const SOURCE = `${TO_TRANSLATE} who translated it, or which published wording it is`;

/** A questionnaire with its texts in the other language. */
export type Translated = { content: QuestionnaireContent; overlay: Overlay };

/**
 * The texts of a questionnaire in a further language, to be written. Each one is the translation that the earlier version
 * has of the same original at the same place, or else the original behind `TO_TRANSLATE`.
 */
export function translationOf(content: QuestionnaireContent, language: string, earlier?: Translated): object {
  const ofPrompt = Object.keys(earlier?.overlay.prompt ?? {});
  const known = earlier === undefined ? new Map<string, string>() : translationsOf(earlier, ofPrompt);
  const texts = mapTexts(
    allTexts(content, ofPrompt),
    (text, place) => known.get(`${place} ${text}`) ?? `${TO_TRANSLATE} ${text}`,
  );
  const { slug, version } = content;
  const source = earlier === undefined ? SOURCE : earlier.overlay.source;
  return withSharedAnswers(withinLimits({ slug, version, language, source, ...(isJsonObject(texts) ? texts : {}) }));
}

/** By place and original. What the earlier file has not translated is no translation. */
function translationsOf({ content, overlay }: Translated, ofPrompt: readonly string[]): Map<string, string> {
  const known = new Map<string, string>();
  const translations: string[] = [];
  mapTexts(allTexts(localized(content, overlay), ofPrompt), (text) => (translations.push(text), text));
  let index = 0;
  mapTexts(allTexts(content, ofPrompt), (text, place) => {
    const translation = translations[index++];
    const isKnown = translation !== undefined && !translation.startsWith(TO_TRANSLATE);
    if (isKnown) known.set(`${place} ${text}`, translation);
    return text;
  });
  return known;
}

/** @param ofPrompt the texts of the prompt that are translated too: none is needed */
const allTexts = (content: QuestionnaireContent, ofPrompt: readonly string[]): object => {
  const prompt = Object.entries(content.prompt).filter(([key]) => ofPrompt.includes(key));
  return { ...textsOf(content), prompt: prompt.length > 0 ? Object.fromEntries(prompt) : undefined };
};

/** The value with each text mapped. A place has no numbers: a page may have another one in the next version. */
function mapTexts(value: unknown, map: (text: string, place: string) => string, place = ''): unknown {
  if (typeof value === 'string') return map(value, place);
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, map, `${place}.*`));
  if (!isJsonObject(value)) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(parts.map(([key, part]) => [key, mapTexts(part, map, `${place}.${JSON.stringify(key)}`)]));
}

/** An original that fills its place has no room for what stands before it. */
function withinLimits(file: object): Record<string, unknown> {
  let within: unknown = file;
  for (const issue of overlayShape.safeParse(file).error?.issues ?? [])
    if (issue.code === 'too_big') within = cut(within, issue.path, Number(issue.maximum));
  return isJsonObject(within) ? within : {};
}

function cut(value: unknown, [key, ...path]: readonly PropertyKey[], charactersMax: number): unknown {
  if (typeof value === 'string') return `${value.slice(0, charactersMax - 1)}…`;
  if (Array.isArray(value)) return value.map((entry, at) => (at === key ? cut(entry, path, charactersMax) : entry));
  if (!isJsonObject(value) || key === undefined) return value;
  return { ...value, [key]: cut(value[String(key)], path, charactersMax) };
}

/** The file with the answers that several questions share in `$defs`, where each text is translated once. */
function withSharedAnswers(file: Record<string, unknown>): object {
  const questions = Object.entries(isJsonObject(file.questions) ? file.questions : {}).map(([id, texts]) => ({
    id,
    ...ownAndShared(isJsonObject(texts) ? texts : {}),
  }));
  const groups = [...Map.groupBy(questions, ({ shared }) => JSON.stringify(shared))];
  const names = new Map(
    groups.filter(([key, same]) => key !== '{}' && same.length > 1).map(([key], at) => [key, `answers${at + 1}`]),
  );
  const $defs = Object.fromEntries([...names].map(([key, name]) => [name, JSON.parse(key)]));
  const referring = questions.map(({ id, own, shared }) => {
    const name = names.get(JSON.stringify(shared));
    return [id, name === undefined ? { ...own, ...shared } : { ...own, $ref: `#/$defs/${name}` }];
  });
  const members = Object.entries(file).flatMap(([key, value]) =>
    key === 'questions'
      ? [...(names.size > 0 ? [['$defs', $defs]] : []), [key, Object.fromEntries(referring)]]
      : [[key, value]],
  );
  return Object.fromEntries(members);
}

function ownAndShared({ title, description, alt, ...shared }: Record<string, unknown>) {
  const own = Object.entries({ title, description, alt }).filter(([, text]) => text !== undefined);
  return { own: Object.fromEntries(own), shared };
}
