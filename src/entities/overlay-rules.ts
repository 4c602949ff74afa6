import { isJsonObject } from '../json-object.ts';
import { overlayShape, type Overlay } from './overlay-shape.ts';
import { textsOf } from './overlay.ts';
import { questionnaireError, type QuestionnaireContent } from './questionnaire-content.ts';
import { followReference } from './references.ts';
import { plainWords, problemsOf } from './shape-problems.ts';
import { shownKey } from './shown-key.ts';

/** `base` is the name of the questionnaire's file. */
export type OverlayName = { slug: string; version: number; language: string; base: string };

/** The parts of `<slug>.v<version>.<language>.json`; undefined for another name. */
export function overlayNameOf(fileName: string): OverlayName | undefined {
  const [, slug, version, language] = /^([^.]+)\.v(\d+)\.([^.]+)\.json$/.exec(fileName) ?? [];
  if (slug === undefined || version === undefined || language === undefined) return undefined;
  return { slug, version: Number(version), language, base: `${slug}.v${version}.json` };
}

/**
 * The overlay of one file, checked against its questionnaire. References into `$defs` are replaced by their targets.
 * @param base the questionnaire of the version that the name says; undefined if there is none; null if it is unsound, so that
 * nothing can be compared
 * @throws StartError with all problems
 */
export function checkOverlay(value: unknown, fileName: string, base: QuestionnaireContent | null | undefined): Overlay {
  const resolved = withoutReferences(value);
  const checked = overlayShape.safeParse(resolved, { error: plainWords });
  const problems = checked.success ? [] : problemsOf(checked.error.issues);
  if (checked.success) problems.push(...identityProblems(checked.data, fileName, base));
  if (base === undefined)
    problems.push(
      `there is no questionnaire ${overlayNameOf(fileName)?.base}. Add it, or correct the name of this file.`,
    );
  else if (base !== null && isJsonObject(resolved))
    problems.push(...missingAndOver(textsOf(base), textsIn(resolved), []));
  if (!checked.success || problems.length > 0)
    throw questionnaireError(problems.map((problem) => `${fileName}: ${problem}`));
  return checked.data;
}

function* identityProblems({ slug, version, language }: Overlay, fileName: string, base?: QuestionnaireContent | null) {
  const expected = `${slug}.v${version}.${language}.json`;
  const named = overlayNameOf(fileName);
  const other = named?.slug !== slug ? 'slug' : named.version !== version ? 'version' : 'language';
  if (fileName !== expected)
    yield `${other}: slug, version and language call for the name ${expected}. Rename it or correct them.`;
  if (language.toLowerCase() === base?.language.toLowerCase())
    yield `language: ${language} is the questionnaire's own language. Correct it, or remove this file.`;
}

function withoutReferences(value: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(value.questions)) return value;
  const { $defs, ...rest } = value;
  const questions = Object.entries(value.questions).map(([id, node]) => [id, followReference(node, $defs)]);
  return { ...rest, questions: Object.fromEntries(questions) };
}

/** The members that are compared with the questionnaire. */
function textsIn(value: Record<string, unknown>): Record<string, unknown> {
  const { slug: _s, version: _v, language: _l, source: _o, prompt: _p, $defs: _d, ...texts } = value;
  return texts;
}

/** Each text of the questionnaire has to be there, and no other one. Values of a wrong type are left to the shape. */
function* missingAndOver(texts: unknown, given: unknown, path: readonly string[]): Generator<string> {
  if (texts === undefined && given === undefined) return;
  const where = path.map(shownKey).join('.');
  if (texts === undefined) yield `${where}: ${over(path.at(-1))}`;
  else if (given === undefined) yield `${where}: is missing. ${remedy(texts)}`;
  else if (isBranch(texts) && isBranch(given)) {
    const [expected, found] = [new Map(Object.entries(texts)), new Map(Object.entries(given))];
    for (const key of new Set([...expected.keys(), ...found.keys()]))
      yield* missingAndOver(expected.get(key), found.get(key), [...path, key]);
  }
}

const over = (key: string | undefined): string =>
  key === '$ref'
    ? 'it leads nowhere. Only "#/$defs/<name>" of the same file can be followed.'
    : 'the questionnaire has no such text. Remove it or correct its name.';

/** Enough to find the text in the questionnaire. */
const SHOWN_MAX = 80;

function remedy(texts: unknown): string {
  if (typeof texts === 'string')
    return `Translate "${texts.length > SHOWN_MAX ? `${texts.slice(0, SHOWN_MAX)}…` : texts}".`;
  if (Array.isArray(texts)) return `Add a list of ${texts.length}.`;
  const names = isJsonObject(texts) ? Object.keys(texts).filter((key) => texts[key] !== undefined) : [];
  return `Add it, with ${names.map(shownKey).join(', ')}.`;
}

const isBranch = (value: unknown): value is object => Array.isArray(value) || isJsonObject(value);
