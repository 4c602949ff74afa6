import { pagesOf } from '../entities/item.ts';
import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { few } from '../few-names.ts';
import { warningsOf } from './warnings.ts';

/**
 * A few lines about a sound questionnaire, with its further languages. They have ids and numbers only: a text of the file could be anything.
 */
export function summaryOf({ content, withdrawn }: QuestionnaireVersion, languages: readonly string[]): string[] {
  const { schema, pages, scoring, language, minutes } = content;
  const ids = Object.keys(schema.properties);
  const optional = ids.filter((id) => !schema.required.includes(id));
  const areas = scoring.areas.map(({ id, items }) =>
    items === undefined ? id : `${id} (${counted(items.length, 'item')})`,
  );
  const flags = (scoring.flags ?? []).map(({ id }) => id);
  const state = withdrawn ? ', withdrawn' : '';
  return [
    `${questionnaireId(content)}: ${language}, ${counted(minutes, 'minute')}${state}`,
    `  ${counted(pages.length, 'page')}, ${counted(ids.length, 'question')}: ${kindsOf(content)}`,
    `  optional: ${optional.length === 0 ? 'none' : few(optional)}`,
    `  areas: ${few(areas)}`,
    ...(flags.length === 0 ? [] : [`  flags: ${few(flags)}`]),
    ...(languages.length === 0 ? [] : [`  further languages: ${few(languages)}`]),
    ...[...warningsOf(content)].map((warning) => `  warning: ${warning}`),
  ];
}

function kindsOf(content: QuestionnaireContent): string {
  const items = pagesOf(content).flatMap((page) => page.items);
  const kinds = items.flatMap((item) => (item.kind === 'matrix' ? item.rows : [item])).map(({ kind }) => kind);
  return [...Map.groupBy(kinds, (kind) => kind)].map(([kind, same]) => `${same.length} ${kind}`).join(', ');
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
