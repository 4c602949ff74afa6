import type { AssessmentView } from '../entities/assessment-view.ts';
import { helpFor, type Help } from '../entities/help.ts';
import type { Services } from './context.ts';
import { contentOf } from './scores-of.ts';

/** The help that the answers of an assessment call for, in any state: it needs no model. @throws UnavailableError */
export const helpOf = async (
  assessment: Pick<AssessmentView, 'questionnaireId' | 'answers' | 'language'>,
  services: Pick<Services, 'texts' | 'operatorTexts'>,
): Promise<Help | null> => helpFor(await contentOf(assessment, services), assessment.answers, services.operatorTexts);
