import type { AssessmentView } from '../entities/assessment-view.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score, type Score } from '../entities/scoring.ts';
import { OwnError } from '../own-error.ts';
import type { Services } from './context.ts';

type Answered = Pick<AssessmentView, 'questionnaireId' | 'language' | 'answers'>;

/**
 * The questionnaire version of an assessment in its language; in the questionnaire's own one, if those texts are not stored.
 * @throws UnavailableError
 */
export async function contentOf(
  { questionnaireId, language }: Pick<Answered, 'questionnaireId' | 'language'>,
  { translations }: Pick<Services, 'translations'>,
): Promise<QuestionnaireContent> {
  const found =
    (await translations.byId(questionnaireId, language)) ?? (await translations.byId(questionnaireId, null));
  if (found === undefined) throw new OwnError(`questionnaire ${questionnaireId} is not stored`);
  return found.content;
}

/** The scores of an assessment in any state: answers and version never change. @throws UnavailableError */
export const scoresOf = async (assessment: Answered, services: Pick<Services, 'translations'>): Promise<Score[]> =>
  score(await contentOf(assessment, services), assessment.answers);
