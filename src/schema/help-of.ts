import type { AssessmentView } from '../entities/assessment-view.ts';
import { helpFor, type Help } from '../entities/help.ts';
import type { Answers, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { TextsByLanguage } from '../entities/texts.ts';
import { memoize } from '../memory/memoize.ts';
import type { Services } from './context.ts';
import { contentOf } from './scores-of.ts';

/** The help that the answers of an assessment call for, in any state: it needs no model. @throws UnavailableError */
export const helpOf = async (
  assessment: Pick<AssessmentView, 'questionnaireId' | 'answers' | 'language'>,
  services: Pick<Services, 'translations' | 'operatorTexts'>,
): Promise<Help | null> => helpBy(assessment.answers)(await contentOf(assessment, services))(services.operatorTexts);

/** Long answers take 200 ms. Otherwise each alias of the field would search them again. */
const helpBy = memoize((answers: Answers) =>
  memoize((content: QuestionnaireContent) => memoize((texts: TextsByLanguage) => helpFor(content, answers, texts))),
);
