import { checkOverlay, overlayNameOf } from '../../entities/overlay-rules.ts';
import type { Overlay } from '../../entities/overlay.ts';
import { questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { StartError } from '../../own-error.ts';

type JsonFile = { name: string; value?: unknown; problem?: string };

/** Each is in the memory of every process. */
const LANGUAGES_MAX = 50;

/** The overlays of these files, or all of their problems. */
export function checkOverlays(
  files: readonly JsonFile[],
  contents: readonly QuestionnaireContent[],
): { overlays: Overlay[]; problems: string[] } {
  const byId = new Map(contents.map((content) => [questionnaireId(content), content]));
  const overlays: Overlay[] = [];
  const problems = [...problemsBetween(files)];
  for (const { name, value, problem } of files) {
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
    else
      try {
        overlays.push(checkOverlay(value, name, byId.get(overlayNameOf(name)?.id ?? '')));
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        problems.push(...error.problems);
      }
  }
  return { overlays, problems };
}

function* problemsBetween(files: readonly JsonFile[]) {
  for (const [id, same] of Map.groupBy(files, ({ name }) => overlayNameOf(name)?.id)) {
    if (same.length > LANGUAGES_MAX) yield `${id}: ${same.length} languages, at most ${LANGUAGES_MAX} are possible.`;
    // Tags are compared without regard to case.
    for (const twice of Map.groupBy(same, ({ name }) => name.toLowerCase()).values())
      if (twice.length > 1)
        yield `${twice.map(({ name }) => name).join(', ')}: all are one language. Keep one of them.`;
  }
}
