const BASE = '[a-z0-9]+(?:-[a-z0-9]+)*\\.v[1-9][0-9]{0,3}';
const QUESTIONNAIRE = new RegExp(`^${BASE}\\.json$`);
const COMPANION = new RegExp(`^(${BASE})\\.(?:vectors|[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\\.json$`);

/** `<slug>.v<version>.json` */
export const isQuestionnaireName = (name: string): boolean => QUESTIONNAIRE.test(name);

/**
 * The questionnaire's file to which a file of test vectors (`<slug>.v<version>.vectors.json`) or of another language
 * (`<slug>.v<version>.<language>.json`) belongs.
 */
export function questionnaireOfCompanion(name: string): string | undefined {
  const base = COMPANION.exec(name)?.[1];
  return base === undefined ? undefined : `${base}.json`;
}

/** The name of the test vectors of a questionnaire's file. */
export const vectorsNameOf = (name: string): string => name.replace(/\.json$/, '.vectors.json');

/** `<slug>.v<version>.<language>.json` */
export const isOverlayName = (name: string): boolean =>
  questionnaireOfCompanion(name) !== undefined && !name.endsWith('.vectors.json');
