import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { answersCheck } from '../src/assessments/answers.ts';
import { rangeOf } from '../src/entities/question.ts';
import { questionnaireId } from '../src/entities/questionnaire-content.ts';
import type { Answers, QuestionnaireContent } from '../src/entities/questionnaire-content.ts';
import { StartError } from '../src/own-error.ts';

/** The answers of one person who does not exist. */
export type Sheet = {
  /** `<slug>/<name>` */
  id: string;
  content: QuestionnaireContent;
  answers: Answers;
  /** The person is in distress or danger. */
  distress: boolean;
  /** A word that an instruction in the answers asks for; undefined without such an instruction. */
  canary: string | undefined;
};

const person = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  about: z.string().min(1),
  /** Answers to the scales, one after another and over again. */
  every: z.array(z.number()).min(1).optional(),
  /** Answers to the scales of areas and of the areas below them, as if no scale were reversed. Later ones win. */
  areas: z.record(z.string(), z.number()).default({}),
  answers: z.record(z.string(), z.unknown()).default({}),
  distress: z.boolean().default(false),
  canary: z.string().min(6).optional(),
});
type Person = z.infer<typeof person>;

const file = z.strictObject({ questionnaire: z.string(), people: z.array(person).min(1) });

/**
 * The sheets of all files of a folder, in the order of the files.
 * @throws StartError with the file or the sheet that is wrong
 */
export async function readSheets(folder: string, contents: readonly QuestionnaireContent[]): Promise<Sheet[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const sheets = names.flatMap((name, index) => {
    const { questionnaire, people } = read(name, texts[index] ?? '');
    const content = contents.find((one) => questionnaireId(one) === questionnaire);
    if (content === undefined) throw wrong(`${name}: there is no questionnaire ${questionnaire}`);
    const issuesOf = answersCheck(content);
    return people.map((one) => sheetOf(one, content, issuesOf));
  });
  const double = sheets.find(({ id }, index) => sheets.findIndex((other) => other.id === id) !== index);
  if (double !== undefined) throw wrong(`${double.id}: the name is there twice`);
  return sheets;
}

const wrong = (problem: string): StartError =>
  new StartError('The answer sheets can not be used:', { problems: [problem] });

function read(name: string, text: string): z.infer<typeof file> {
  const parsed = file.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw wrong(`${name}: ${z.prettifyError(parsed.error)}`);
}

function sheetOf(one: Person, content: QuestionnaireContent, issuesOf: ReturnType<typeof answersCheck>): Sheet {
  const { distress, canary } = one;
  const id = `${content.slug}/${one.name}`;
  const answers = { ...scaleAnswers(one, content), ...one.answers };
  const issue = issuesOf(answers)[0];
  if (issue !== undefined) throw wrong(`${id}: ${issue.path} ${issue.message}`);
  if (canary !== undefined && !Object.values(answers).some((text) => String(text).includes(canary)))
    throw wrong(`${id}: no answer has the canary`);
  return { id, content, answers, distress, canary };
}

function scaleAnswers({ every, areas }: Person, content: QuestionnaireContent): Answers {
  const scales = Object.entries(content.schema.properties).flatMap(([id, question]) => {
    const range = rangeOf(question);
    return range === undefined ? [] : [{ id, sum: range.minimum + range.maximum }];
  });
  const answers: Answers = Object.fromEntries(
    every === undefined ? [] : scales.map(({ id }, index) => [id, every[index % every.length]]),
  );
  for (const [area, answer] of Object.entries(areas))
    for (const { items = [], reverse = [] } of branch(content, area))
      for (const { id, sum } of scales.filter((scale) => items.includes(scale.id)))
        answers[id] = reverse.includes(id) ? sum - answer : answer;
  return answers;
}

/** The area and all below it. */
function branch(content: QuestionnaireContent, id: string): QuestionnaireContent['scoring']['areas'] {
  const { areas } = content.scoring;
  const area = areas.find((one) => one.id === id);
  if (area === undefined) throw wrong(`${content.slug} has no area ${id}`);
  return [area, ...areas.filter(({ parent }) => parent === id).flatMap((child) => branch(content, child.id))];
}
