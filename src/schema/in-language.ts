import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Context } from './context.ts';

export const LANGUAGE =
  'Such as `de`. Default: by `Accept-Language`. A questionnaire without texts in it comes in its own language; `Questionnaire.language` says in which.';

/** The questionnaire in the language that is asked for, otherwise in one that the client accepts, otherwise in its own. */
export const inLanguage = (
  content: QuestionnaireContent,
  asked: string | null | undefined,
  { services, languages }: Pick<Context, 'services' | 'languages'>,
): QuestionnaireContent => services.texts.inPreferred(content, asked == null ? languages() : [asked, ...languages()]);
