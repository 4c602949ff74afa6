import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Context } from './context.ts';

export const LANGUAGE =
  'Such as `de`. Default: by `Accept-Language`. A questionnaire without texts in it comes in its own language; `Questionnaire.language` says in which.';

/** The languages to look for: the one that is asked for, then those that the client accepts. */
export const wantedLanguages = (
  asked: string | null | undefined,
  { languages }: Pick<Context, 'languages'>,
): readonly string[] => (asked == null ? languages() : [asked, ...languages()]);

/** The questionnaire in the language that is asked for, otherwise in one that the client accepts, otherwise in its own. */
export const inLanguage = (
  content: QuestionnaireContent,
  asked: string | null | undefined,
  context: Pick<Context, 'services' | 'languages'>,
): QuestionnaireContent => context.services.translations.inPreferred(content, wantedLanguages(asked, context));
