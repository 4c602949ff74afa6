import type { QuestionnaireContent } from './questionnaire-content.ts';

/** A version, as its file or the database has it. A withdrawn one stays readable and takes no answers. */
export type QuestionnaireVersion = { content: QuestionnaireContent; withdrawn: boolean };
