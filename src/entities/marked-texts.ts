import { shownKey } from './shown-key.ts';

/** Begins each text that an author has to write. */
export const TO_REPLACE = 'REPLACE:';
/** Begins each text that a translator has to translate. */
export const TO_TRANSLATE = 'TRANSLATE:';

/** The places of the texts that begin with the mark. */
export function* markedTexts(value: unknown, mark: string, path: readonly string[] = []): Generator<string> {
  if (typeof value === 'string' && value.startsWith(mark)) yield path.map(shownKey).join('.');
  if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) yield* markedTexts(part, mark, [...path, key]);
}

const MARK = new RegExp(`"(?:${TO_REPLACE}|${TO_TRANSLATE}) ?`, 'g');

/** The originals in place of what has to be written. */
export const withoutMarks = (json: string): string => json.replaceAll(MARK, '"');
