import { checkReply, type ReplyContent } from '../consumers/reply.ts';
import { advise, type AnsweredQuestion } from '../entities/advice.ts';
import { answerLabel } from '../entities/answer-label.ts';
import { questionKeys, shownAnswers } from '../entities/item.ts';
import { choicesOf, rangeOf } from '../entities/question.ts';
import type { Answers, Level, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score, type Score } from '../entities/scoring.ts';

/** The sheets of a trial: all answers at one end or in the middle, and the level for whose advice they stand. */
const SHEETS = [
  { answers: 'lowest', level: 'LOW', key: 'low', part: 0 },
  { answers: 'middle', level: 'MEDIUM', key: 'mid', part: 0.5 },
  { answers: 'highest', level: 'HIGH', key: 'high', part: 1 },
] as const satisfies { answers: string; level: Level; key: string; part: number }[];

type Sheet = (typeof SHEETS)[number];

/**
 * Problems of a questionnaire's advice: the replies that the demo model makes of it are checked as those of a model. Such a
 * reply would be refused at each try, and every assessment would fail.
 */
export function adviceProblems(content: QuestionnaireContent): string[] {
  const { advice } = content;
  if (advice === undefined) return [];
  const problems = SHEETS.flatMap((sheet) => {
    const answers = shownAnswers(content, sheetOf(content, sheet.part));
    const answered = answeredIn(content, answers);
    const scores = score(content, answers);
    // The whole reply has a few areas only, so each area has a reply of its own as well.
    const alone = scores.filter(({ area }) => Object.hasOwn(advice, area)).map((one) => [atLevel(one, sheet)]);
    return [...alone, scores].flatMap((some) => refusals(content, advise(content, some, answered), sheet));
  });
  return [...new Set(problems)];
}

const atLevel = (one: Score, { level, part }: Sheet): Score => ({
  ...one,
  value: 100 * part,
  level,
  raw: one.raw ?? one.maximum,
});

/** The problems of the check of a reply, each with the area and the member of the advice that it is about. */
function refusals(content: QuestionnaireContent, reply: ReplyContent, { answers, key }: Sheet): string[] {
  const checked = checkReply(content, reply);
  if (checked.ok) return [];
  return checked.problems.map((problem) => {
    const { index, member, rest = problem } = PLACE.exec(problem)?.groups ?? {};
    const area = index === undefined ? undefined : reply.recommendations[Number(index)]?.area;
    const place = area == null ? `advice: in the reply to the ${answers} answers` : `advice.${area}.${key}.${member}:`;
    return `${place} ${area == null ? problem : `the text ${rest}`} Change it.`;
  });
}

/** A problem begins with its place in the reply. */
const PLACE = /^\/recommendations\/(?<index>\d+)\/(?<member>\w+) (?<rest>[^]*)$/;

/** An answer to each question that has an order, at this part of its range. */
function sheetOf(content: QuestionnaireContent, part: number): Answers {
  const answers: Answers = {};
  for (const id of questionKeys(content)) {
    const question = content.schema.properties[id];
    if (!question) continue;
    const choices = choicesOf(question);
    const range = rangeOf(question);
    const choice = choices[Math.round(part * (choices.length - 1))]?.const;
    if (choice !== undefined) answers[id] = question.type === 'array' ? [choice] : choice;
    else if (question.type === 'boolean') answers[id] = part > 0;
    else if (range) answers[id] = Math.round(range.minimum + part * (range.maximum - range.minimum));
  }
  return answers;
}

const answeredIn = ({ schema }: QuestionnaireContent, answers: Answers): AnsweredQuestion[] =>
  Object.entries(answers).flatMap(([id, answer]) => {
    const question = schema.properties[id];
    return question ? [{ id, question: question.title, answer, label: answerLabel(question, answer) }] : [];
  });
