import type { TranslationStore } from '../../src/adapters/database.ts';
import type { Questionnaires } from '../../src/assessments/questionnaires.ts';
import { createTranslations, type Translations } from '../../src/assessments/translations.ts';
import { hashOf } from '../../src/entities/content-hash.ts';
import { checkOverlay } from '../../src/entities/overlay-rules.ts';
import { localized, type Overlay } from '../../src/entities/overlay.ts';
import { checkContent, questionnaireId } from '../../src/entities/questionnaire-content.ts';
import { fileOf, newestWellbeing, wellbeing } from './questionnaires.ts';

const NAME = 'wellbeing-check.v1.de.json';

/** The German texts of the wellbeing check, and the check with them. */
export const german: Overlay = checkOverlay(await fileOf(NAME), NAME, wellbeing);
export const wellbeingInGerman = localized(wellbeing, german);

const NEWEST = newestWellbeing.replace('@', '.v');
const newest = checkContent(await fileOf(`${NEWEST}.json`), `${NEWEST}.json`);

/** The German texts of its newest version, in which a submission without a version is asked. */
export const newestGerman: Overlay = checkOverlay(await fileOf(`${NEWEST}.de.json`), `${NEWEST}.de.json`, newest);

export const publishedTranslation = (overlay: Overlay) => ({
  questionnaireId: questionnaireId(overlay),
  language: overlay.language,
  hash: hashOf(overlay),
  overlay,
});

/** A database with these texts. */
export const translationStoreOf = (overlays: () => Overlay[]): TranslationStore => ({
  newest: async () => overlays().map(publishedTranslation),
  contents: async (hashes) =>
    overlays()
      .map(publishedTranslation)
      .filter(({ hash }) => hashes.includes(hash)),
  publish: async () => [],
  unpublished: async () => [],
});

/** The texts of a process that knows these overlays. */
export const translationsOf = (questionnaires: Pick<Questionnaires, 'byId'>, ...overlays: Overlay[]): Translations =>
  createTranslations(
    questionnaires,
    overlays.map(publishedTranslation),
    translationStoreOf(() => overlays),
  );
