import type { AreaTexts, Overlay, PageTexts, QuestionTexts, QuestionnaireTexts } from './overlay-shape.ts';
import type { Choice, Question } from './question.ts';
import type { Area, QuestionnaireContent } from './questionnaire-content.ts';

export type { Overlay } from './overlay-shape.ts';

/** The newest published overlay of a questionnaire version in a language. */
export type PublishedTranslation = { questionnaireId: string; language: string; hash: string };

/** The content with the texts of the overlay, in its language. Nothing but texts differs. */
export function localized(content: QuestionnaireContent, overlay: Overlay): QuestionnaireContent {
  const { schema, scoring, prompt } = content;
  const { questions, pages, areas, flags, title, description, summary, language } = overlay;
  return withTexts(content, {
    language,
    title,
    description,
    summary,
    source: sourceOf(content, overlay),
    schema: {
      ...schema,
      properties: mapped(schema.properties, (question, id) => localizedQuestion(question, own(questions, id) ?? {})),
    },
    pages: content.pages.map((page, at) => localizedPage(page, pages?.[at] ?? {})),
    scoring: withTexts(scoring, {
      areas: scoring.areas.map((area) => localizedArea(area, own(areas, area.id) ?? {})),
      flags: scoring.flags?.map((flag) => withTexts(flag, { title: own(flags, flag.id) })),
    }),
    prompt: withTexts(prompt, overlay.prompt ?? {}),
    advice: content.advice && mapped(content.advice, (advice, id) => own(overlay.advice, id) ?? advice),
  });
}

/** The texts that an overlay has to have. A member without a text is undefined. */
export function textsOf({
  title,
  description,
  summary,
  schema,
  pages,
  scoring,
  advice,
}: QuestionnaireContent): QuestionnaireTexts {
  return {
    title,
    description,
    summary,
    questions: mapped(schema.properties, questionTextsOf),
    pages: pages.map(pageTextsOf),
    areas: Object.fromEntries(scoring.areas.map((area) => [area.id, areaTextsOf(area)])),
    flags: scoring.flags && Object.fromEntries(scoring.flags.map((flag) => [flag.id, flag.title])),
    advice,
  };
}

const sourceOf = ({ source }: QuestionnaireContent, overlay: Overlay): string | undefined =>
  overlay.source === undefined ? source : [source, overlay.source].filter((text) => text !== undefined).join('\n\n');

function localizedQuestion(question: Question, { options = {}, alt, ...texts }: QuestionTexts): Question {
  const { oneOf, items, 'x-image': image } = question;
  const choices = (of: Choice[] | undefined): Choice[] | undefined =>
    of?.map((choice) => withTexts(choice, { title: own(options, String(choice.const)) }));
  return withTexts(question, {
    ...texts,
    oneOf: choices(oneOf),
    items: items && withTexts(items, { oneOf: choices(items.oneOf) }),
    'x-image': image && withTexts(image, { alt }),
  });
}

const questionTextsOf = (question: Question): QuestionTexts => ({
  title: question.title,
  description: question.description,
  'x-low': question['x-low'],
  'x-high': question['x-high'],
  'x-unit': question['x-unit'],
  'x-form': question['x-form'],
  'x-other': question['x-other'],
  options: optionTextsOf((question.items ?? question).oneOf),
  alt: question['x-image']?.alt,
});

const optionTextsOf = (choices: Choice[] | undefined): Record<string, string> | undefined =>
  choices && Object.fromEntries(choices.map(({ const: value, title }) => [String(value), title]));

type Page = QuestionnaireContent['pages'][number];

function localizedPage(page: Page, { matrices = [], ...texts }: PageTexts): Page {
  const places = page.items.filter((item) => typeof item !== 'string');
  const items = page.items.map((item) =>
    typeof item === 'string' ? item : withTexts(item, matrices[places.indexOf(item)] ?? {}),
  );
  return withTexts(page, { ...texts, items });
}

function pageTextsOf({ title, description, items }: Page): PageTexts {
  const matrices = items.flatMap((item) =>
    typeof item === 'string' ? [] : [{ title: item.title, description: item.description }],
  );
  return { title, description, matrices: matrices.length > 0 ? matrices : undefined };
}

const localizedArea = (area: Area, { bands, ...texts }: AreaTexts): Area =>
  withTexts(area, { ...texts, bands: area.bands?.map((band) => withTexts(band, own(bands, band.id) ?? {})) });

const areaTextsOf = ({ title, description, lowPole, highPole, unit, bands }: Area): AreaTexts => ({
  title,
  description,
  lowPole,
  highPole,
  unit,
  bands: bands && Object.fromEntries(bands.map(({ id, title: name, text }) => [id, { title: name, text }])),
});

/** The object with these members in place of its own, as far as they are defined. */
const withTexts = <Base extends object>(base: Base, texts: { [Key in keyof Base]?: Base[Key] | undefined }): Base =>
  Object.assign({ ...base }, Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)));

/** Not an inherited member: a value of a choice may be "constructor". */
const own = <Value>(record: Record<string, Value> | undefined, key: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

const mapped = <From, To>(record: Record<string, From>, map: (value: From, key: string) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
