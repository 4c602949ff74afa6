import { shownKey } from '../entities/shown-key.ts';

/** The places of the texts that begin with the mark. */
export function* markedTexts(value: unknown, mark: string, path: readonly string[] = []): Generator<string> {
  if (typeof value === 'string' && value.startsWith(mark)) yield path.map(shownKey).join('.');
  if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) yield* markedTexts(part, mark, [...path, key]);
}
