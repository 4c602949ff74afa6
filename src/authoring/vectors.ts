import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { readJsonFile, readQuestionnaireFile, vectorsNameOf } from '../adapters/questionnaire-files.ts';
import { answersCheck } from '../assessments/answers.ts';
import { heldFlags } from '../entities/help.ts';
import { shownAnswers } from '../entities/item.ts';
import { questionnaireError, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';

const VECTORS_MAX = 1_000;
/** A value in a line. */
const SHOWN_MAX = 100;
const TO_WRITE =
  'Write it beside the questionnaire: a list of answers with their published scores (docs/QUESTIONNAIRES.md, "Test vectors").';

const vectorShape = z.strictObject({
  title: z.string().max(200, 'must have at most 200 characters').optional(),
  answers: z.record(z.string(), z.unknown(), 'must be an object with an answer for each question'),
  /** By area: the members of its score that are compared, its band by the key; null: too few answers for a score. */
  scores: z.record(
    z.string(),
    z.union([z.null(), z.record(z.string(), z.unknown())], 'must be an object with members of the score, or null'),
    'must be an object with the expected score of each area',
  ),
  /** The ids of all flags that hold. */
  flags: z.array(z.string(), 'must be a list of the ids of the flags that hold').optional(),
});
const vectorsShape = z
  .array(vectorShape, 'must be a list of objects with "answers" and "scores"')
  .min(1, 'must have at least one entry')
  .max(VECTORS_MAX, `must have at most ${VECTORS_MAX} entries`);

type Vector = z.infer<typeof vectorShape>;

export type Tried = { name: string; count: number; differences: string[] };

/**
 * Scores the answers of the test vectors beside a questionnaire's file.
 * @returns each difference with the line of its vector
 * @throws StartError for files that can not be used
 */
export async function tryVectors(path: string): Promise<Tried> {
  const { content } = await readQuestionnaireFile(path);
  const name = vectorsNameOf(basename(path));
  const vectors = join(dirname(path), name);
  if (!existsSync(vectors)) throw questionnaireError([`${name}: it is not there. ${TO_WRITE}`]);
  const file = await readJsonFile(vectors);
  if ('problems' in file) throw questionnaireError(file.problems);
  const read = vectorsShape.safeParse(file.value);
  if (!read.success) throw questionnaireError(read.error.issues.map((issue) => problemOf(issue, name, file.lineOf)));
  const check = answersCheck(content);
  const differences = read.data.flatMap((vector, index) => {
    const which = `${name}:${file.lineOf(String(index))}: vector ${index + 1}`;
    const title = vector.title === undefined ? '' : ` ${JSON.stringify(vector.title)}`;
    return [
      ...answerProblems(vector, check),
      ...scoreDifferences(content, vector),
      ...flagDifferences(content, vector),
    ].map((difference) => `${which}${title}: ${difference}`);
  });
  return { name, count: read.data.length, differences };
}

function problemOf(issue: z.core.$ZodIssue, name: string, lineOf: (path: string) => number): string {
  const path = issue.path.join('.');
  const problem =
    issue.code === 'unrecognized_keys'
      ? `unknown ${issue.keys.map(shown).join(', ')}. Remove it.`
      : `${issue.message}.`;
  return `${name}:${lineOf(path)}: ${path === '' ? 'it' : path} ${problem}`;
}

/** Missing answers are left out: published vectors have them, for questions that the file may require. */
const answerProblems = ({ answers }: Vector, check: ReturnType<typeof answersCheck>): string[] =>
  check(answers)
    .filter(({ rule }) => rule !== 'required')
    .map(({ path, message }) => `answers${path}: ${message}`);

function scoreDifferences(content: QuestionnaireContent, { answers, scores }: Vector): string[] {
  // As they would be stored.
  const found = new Map(score(content, shownAnswers(content, answers)).map((one) => [one.area, one]));
  const areas = new Set(content.scoring.areas.map(({ id }) => id));
  return Object.entries(scores).flatMap(([area, expected]) => {
    const given = found.get(area);
    if (!areas.has(area)) return [`there is no area ${shown(area)}. Known: ${[...areas].slice(0, 10).join(', ')}`];
    if (given === undefined) return [`there is no score of ${shown(area)}`];
    if (expected === null) return given.raw === null ? [] : [`${area} has a score, expected none`];
    return memberDifferences(area, new Map(Object.entries({ ...given, band: given.band?.key ?? null })), expected);
  });
}

function flagDifferences(content: QuestionnaireContent, { answers, flags }: Vector): string[] {
  if (flags === undefined) return [];
  const known = new Set((content.scoring.flags ?? []).map(({ id }) => id));
  const unknown = flags
    .filter((id) => !known.has(id))
    .map((id) => `there is no flag ${shown(id)}. Known: ${[...known].join(', ')}`);
  if (unknown.length > 0) return unknown;
  const held = heldFlags(content, shownAnswers(content, answers)).map(({ id }) => id);
  const isAsExpected = isDeepStrictEqual(held.toSorted(), [...new Set(flags)].toSorted());
  return isAsExpected ? [] : [`the flags that hold are ${shown(held)}, expected ${shown(flags)}`];
}

/** Whatever members a score has, so that a new one needs no change here. */
function memberDifferences(area: string, given: ReadonlyMap<string, unknown>, expected: object): string[] {
  return Object.entries(expected).flatMap(([member, value]) => {
    if (!given.has(member)) return [`a score has no ${shown(member)}. Known: ${[...given.keys()].join(', ')}`];
    const own = given.get(member);
    return isDeepStrictEqual(own, value) ? [] : [`${area}.${member} is ${shown(own)}, expected ${shown(value)}`];
  });
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_MAX);
