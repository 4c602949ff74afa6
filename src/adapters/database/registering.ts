import type { EntityManager } from '@mikro-orm/core';
import { contentHash, questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { Questionnaire } from '../../entities/questionnaire.ts';
import { StartError } from '../../own-error.ts';

/**
 * Puts new questionnaire versions into the database and gives back every version ever published.
 * @throws StartError if a published version's content differs from the stored one.
 */
export async function registerQuestionnaires(
  em: EntityManager,
  contents: QuestionnaireContent[],
): Promise<QuestionnaireContent[]> {
  const known = new Set((await em.find(Questionnaire, {}, { fields: ['id'] })).map(({ id }) => id));
  const added = contents.filter((content) => !known.has(questionnaireId(content)));
  if (added.length > 0)
    // Several processes may start at once: the first one publishes, and what it published is checked like the rest.
    await em.upsertMany(Questionnaire, added.map(toRow), { onConflictAction: 'ignore' });
  em.clear();
  const stored = new Map((await em.find(Questionnaire, {})).map((row) => [row.id, row]));
  const changed = contents.filter(
    (content) => stored.get(questionnaireId(content))?.contentHash !== contentHash(content),
  );
  if (changed.length > 0)
    throw new StartError(
      changed
        .map((content) => `questionnaire ${questionnaireId(content)} was published with other content: `)
        .map((text) => `${text}put the file back as it was, and make the change in a new version`)
        .join('\n'),
    );
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
