import type { Claim, Outcome } from '../adapters/database/working.ts';
import type { Model, ModelAnswer, ModelMessage } from '../adapters/model.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import { score } from '../entities/scoring.ts';
import { Permanent, RetryLater } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { parseAnswer, repairMessages, type Answer } from './answer.ts';
import { buildPrompt } from './prompt.ts';

export type RecommendDeps = { model: Model; questionnaires: Questionnaires; metrics: Metrics };

/** Four times what five long recommendations take. An answer that is cut off is asked for once more with twice that. */
const TOKENS_MAX = 4_000;

/**
 * The answers of one claimed assessment become a result: one call of the model, and one more if the first answer does
 * not fit. Changes nothing by itself, so it may run again after any crash.
 * @throws RetryLater, Permanent, or the signal's reason
 */
export async function recommend(claim: Claim, deps: RecommendDeps, signal: AbortSignal): Promise<Outcome> {
  const content = await deps.questionnaires.byId(claim.questionnaireId);
  if (content === undefined)
    throw new RetryLater('this worker does not know the questionnaire', { countsAttempt: false });
  const scores = score(content, claim.answers);
  const prompt = buildPrompt(content, claim.answers, scores);
  const ask = (messages: ModelMessage[], repair: 0 | 1, tokensMax: number): Promise<ModelAnswer> =>
    askAndMeasure(deps, {
      messages,
      schema: prompt.schema,
      idempotencyKey: `${claim.id}:${prompt.promptVersion}:${claim.round}:${repair}`,
      tokensMax,
      signal,
    });

  const first = await ask(prompt.messages, 0, TOKENS_MAX);
  let last = first;
  let parsed = parse(content, first);
  if (!parsed.ok) {
    const messages = repairMessages(prompt.messages, first.text, parsed.problems);
    last = await ask(messages, 1, first.cutOff ? 2 * TOKENS_MAX : TOKENS_MAX).catch(afterPaidCall);
    parsed = parse(content, last);
  }
  if (!parsed.ok)
    throw new Permanent('AI_INVALID_OUTPUT', `the model's answer does not fit: ${parsed.problems.join('; ')}`);
  return {
    status: 'completed',
    result: { ...parsed.answer, scores, model: last.model, promptVersion: prompt.promptVersion },
    promptTokens: sum(first, last, 'promptTokens'),
    completionTokens: sum(first, last, 'completionTokens'),
  };
}

type Parsed = { ok: true; answer: Answer } | { ok: false; problems: string[] };

function parse(content: Parameters<typeof parseAnswer>[0], answer: ModelAnswer): Parsed {
  if (answer.cutOff) return { ok: false, problems: ['it was cut off before its end: be shorter'] };
  return parseAnswer(content, answer.text);
}

/** The first call was paid, so a refusal of the second does not make the attempt free. */
function afterPaidCall(error: unknown): never {
  if (!(error instanceof RetryLater) || error.countsAttempt) throw error;
  const delay = error.delayMs === undefined ? {} : { delayMs: error.delayMs };
  throw new RetryLater(error.message, { ...delay, cause: error });
}

async function askAndMeasure({ model, metrics }: RecommendDeps, request: Parameters<Model['ask']>[0]) {
  const started = performance.now();
  let outcome = 'error';
  try {
    const answer = await model.ask(request);
    outcome = answer.cutOff ? 'cut_off' : 'answered';
    metrics.modelTokens.inc({ kind: 'prompt' }, answer.promptTokens ?? 0);
    metrics.modelTokens.inc({ kind: 'completion' }, answer.completionTokens ?? 0);
    return answer;
  } catch (error) {
    if (request.signal.aborted) outcome = 'aborted';
    else if (error instanceof Permanent) outcome = error.code.toLowerCase();
    else if (error instanceof RetryLater && !error.countsAttempt) outcome = 'refused';
    throw error;
  } finally {
    metrics.modelCalls.inc({ outcome });
    metrics.modelSeconds.observe({ outcome }, (performance.now() - started) / 1000);
  }
}

function sum(first: ModelAnswer, last: ModelAnswer, kind: 'promptTokens' | 'completionTokens'): number | null {
  if (first === last) return first[kind];
  const counts = [first[kind], last[kind]].filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
}
