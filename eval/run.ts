import { z } from 'zod';
import { answersHash } from '../src/assessments/answers.ts';
import { promptVersionOf } from '../src/consumers/prompt.ts';
import { questionnaireId } from '../src/entities/questionnaire-content.ts';
import type { Asked } from './ask.ts';
import { rules } from './rules/index.ts';
import type { Spent } from './spent.ts';

/** The form of an earlier run that a comparison needs. Its file has the replies as well. */
const runShape = z.object({
  at: z.iso.datetime(),
  model: z.string(),
  host: z.string(),
  dialect: z.record(z.string(), z.unknown()),
  /** By questionnaire. */
  prompts: z.record(z.string(), z.string()),
  look: spentShape(),
  sheets: z.array(
    z.object({
      id: z.string(),
      /** Hash of the answers: a sheet that was changed is another one. */
      answers: z.string(),
      end: z.enum(['first', 'repair', 'never', 'refused', 'failed', 'unasked']),
      why: z.string(),
      spent: spentShape(),
      /** Problems by the rules that say something about the sheet. */
      verdicts: z.record(z.string(), z.array(z.string())),
      reply: z.unknown(),
    }),
  ),
});
export type Run = z.infer<typeof runShape>;

function spentShape() {
  const tokens = z.int().min(0).nullable();
  const cost = z.record(z.string(), z.number());
  return z.object({ calls: z.int().min(0), promptTokens: tokens, completionTokens: tokens, cost });
}

type Head = Pick<Run, 'model' | 'host' | 'dialect'> & { look: Spent };

export const runOf = (head: Head, asked: readonly Asked[]): Run => ({
  at: new Date().toISOString(),
  ...head,
  prompts: Object.fromEntries(
    asked.map(({ sheet: { content } }) => [questionnaireId(content), promptVersionOf(content)]),
  ),
  sheets: asked.map((one) => ({
    id: one.sheet.id,
    answers: answersHash(questionnaireId(one.sheet.content), one.sheet.answers),
    end: one.end,
    why: one.why,
    spent: one.spent,
    verdicts: Object.fromEntries(
      rules.flatMap(({ name, check }) => {
        const problems = check(one);
        return problems === undefined ? [] : [[name, problems]];
      }),
    ),
    reply: one.reply ?? null,
  })),
});

/** @throws Error for a text that is no run */
export function readRun(text: string): Run {
  const parsed = runShape.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`it is not the file of a run: ${z.prettifyError(parsed.error)}`);
}
