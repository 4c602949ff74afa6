import type { EntityManager } from '@mikro-orm/core';
import { contentHash, questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { Questionnaire } from '../../entities/questionnaire.ts';

/** A questionnaire can't be published as it is; the message says which and why. */
export class PublishingError extends Error {
  override readonly name = 'StartError';
}

/**
 * Puts new questionnaire versions into the database and gives back every version ever published.
 * @throws PublishingError if a published version's content differs from the stored one.
 */
export async function publishQuestionnaires(
  em: EntityManager,
  contents: QuestionnaireContent[],
): Promise<QuestionnaireContent[]> {
  const stored = new Map((await em.find(Questionnaire, {})).map((row) => [row.id, row]));
  const changed = contents.filter((content) => {
    const row = stored.get(questionnaireId(content));
    return row !== undefined && row.contentHash !== contentHash(content);
  });
  if (changed.length > 0)
    throw new PublishingError(
      changed
        .map((content) => `questionnaire ${questionnaireId(content)} was published with other content: `)
        .map((text) => `${text}put the file back as it was, and make the change in a new version`)
        .join('\n'),
    );
  const added = contents.filter((content) => !stored.has(questionnaireId(content)));
  if (added.length > 0)
    // Several processes may start at once: the first one publishes.
    await em.upsertMany(
      Questionnaire,
      added.map((content) => ({
        id: questionnaireId(content),
        slug: content.slug,
        version: content.version,
        content,
        contentHash: contentHash(content),
        publishedAt: new Date(),
      })),
      { onConflictAction: 'ignore' },
    );
  return [...[...stored.values()].map(({ content }) => content), ...added];
}
