import type { AssessmentView } from '../entities/assessment-view.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score, type Score } from '../entities/scoring.ts';
import { OwnError } from '../own-error.ts';
import type { Services } from './context.ts';

type Answered = Pick<AssessmentView, 'questionnaireId' | 'answers'>;

/** The questionnaire version of an assessment. @throws UnavailableError */
export async function contentOf(
  { questionnaireId }: Pick<Answered, 'questionnaireId'>,
  { questionnaires }: Pick<Services, 'questionnaires'>,
): Promise<QuestionnaireContent> {
  const content = await questionnaires.byId(questionnaireId);
  if (content === undefined) throw new OwnError(`questionnaire ${questionnaireId} is not stored`);
  return content;
}

/** The scores of an assessment in any state: answers and version never change. @throws UnavailableError */
export const scoresOf = async (assessment: Answered, services: Pick<Services, 'questionnaires'>): Promise<Score[]> =>
  score(await contentOf(assessment, services), assessment.answers);
