import { pagesOf, type Item } from '../../src/entities/item.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { ITEM_TYPES } from '../../src/schema/item-types.ts';
import type { QuestionnaireFormFragment } from '../../web/src/gql/graphql.ts';
import { readQuestionnaire, type Questionnaire } from '../../web/src/form/questionnaire.ts';

type Served = QuestionnaireFormFragment['pages'][number]['items'][number];

/** An item as the API gives it to the page, whose document has other names for the bounds of a number. */
const served = (item: Item): object => ({
  ...item,
  __typename: ITEM_TYPES[item.kind],
  kind: item.kind.toUpperCase(),
  ...(item.kind === 'number' || item.kind === 'whole_number' ? { least: item.minimum, most: item.maximum } : {}),
  ...(item.kind === 'matrix' ? { rows: item.rows.map(served) } : {}),
});

/** A questionnaire as the API gives it to the page. */
export const servedForm = (content: QuestionnaireContent): QuestionnaireFormFragment => {
  const pages = pagesOf(content).map((page) => ({ ...page, items: page.items.map((item) => served(item) as Served) }));
  const { slug, version, title, language, description, minutes } = content;
  return { id: `${slug}@${version}`, slug, version, title, language, description, minutes, withdrawn: false, pages };
};

/** A questionnaire as the page reads it. */
export const shownForm = (content: QuestionnaireContent): Questionnaire => readQuestionnaire(servedForm(content));
