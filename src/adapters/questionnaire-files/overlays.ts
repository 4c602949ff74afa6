import { checkOverlay, overlayNameOf } from '../../entities/overlay-rules.ts';
import type { Overlay } from '../../entities/overlay.ts';
import type { QuestionnaireVersion } from '../../entities/questionnaire-version.ts';
import { StartError } from '../../own-error.ts';
import { withLines, type JsonText, type Problems } from './json-text.ts';

/** Each is in the memory of every process. */
const LANGUAGES_MAX = 50;

/**
 * The overlay of one file, checked against its questionnaire among `versions`, the sound ones.
 * @param names of the files that are there: a questionnaire that is there and not among `versions` has problems of its own
 */
export function checkOverlayFile(
  name: string,
  { value, lineOf }: JsonText,
  versions: readonly QuestionnaireVersion[],
  names: readonly string[],
): Overlay | Problems {
  const { slug, version, base: baseName = '' } = overlayNameOf(name) ?? {};
  const base = versions.find(({ content }) => content.slug === slug && content.version === version)?.content;
  try {
    return checkOverlay(value, name, base ?? (names.includes(baseName) ? null : undefined));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { problems: withLines(name, error.problems, lineOf) };
  }
}

/** Problems of the files' names together. */
export function* problemsBetween(names: readonly string[]) {
  for (const [base, same] of Map.groupBy(names, (name) => overlayNameOf(name)?.base)) {
    if (same.length > LANGUAGES_MAX)
      yield `${base}: texts in ${same.length} languages, at most ${LANGUAGES_MAX} are possible. Remove some.`;
    // Tags are compared without regard to case.
    for (const twice of Map.groupBy(same, (name) => name.toLowerCase()).values())
      if (twice.length > 1) yield `${twice.join(', ')}: all are one language. Keep one of them.`;
  }
}
