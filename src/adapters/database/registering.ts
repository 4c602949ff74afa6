import type { EntityManager } from '@mikro-orm/core';
import { contentHash, questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { Questionnaire } from '../../entities/questionnaire.ts';
import { StartError } from '../../own-error.ts';

/**
 * Stores new questionnaire versions and returns every version ever registered.
 * @param onPublished called with the ids of versions that were not there before
 * @throws StartError if the content of a registered version differs from the stored one
 */
export async function registerQuestionnaires(
  em: EntityManager,
  contents: QuestionnaireContent[],
  onPublished: (ids: string[]) => void = () => {},
): Promise<QuestionnaireContent[]> {
  const known = new Set((await em.find(Questionnaire, {}, { fields: ['id'] })).map(({ id }) => id));
  const added = contents.filter((content) => !known.has(questionnaireId(content)));
  if (added.length > 0)
    // Several processes may start at once: the first one registers, and the others check its content below.
    await em.upsertMany(Questionnaire, added.map(toRow), { onConflictAction: 'ignore' });
  em.clear();
  const stored = new Map((await em.find(Questionnaire, {})).map((row) => [row.id, row]));
  const changed = contents.filter(
    (content) => stored.get(questionnaireId(content))?.contentHash !== contentHash(content),
  );
  if (changed.length > 0)
    throw new StartError(
      changed
        .map((content) => `questionnaire ${questionnaireId(content)} was registered with other content: `)
        .map((text) => `${text}put the file back as it was, and make the change in a new version`)
        .join('\n'),
    );
  if (added.length > 0) onPublished(added.map(questionnaireId));
  return [...stored.values()].map(({ content }) => content);
}

const toRow = (content: QuestionnaireContent) => ({
  id: questionnaireId(content),
  slug: content.slug,
  version: content.version,
  content,
  contentHash: contentHash(content),
  publishedAt: new Date(),
});
