import type { Claim, Outcome } from '../adapters/database/working.ts';
import {
  ProviderFailure,
  type Model,
  type ModelAnswer,
  type ModelMessage,
  type ModelRequest,
} from '../adapters/model.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { Permanent, RetryLater } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { parseAnswer, repairMessages, type ParsedAnswer } from './answer.ts';
import { backOffMs, type Random } from './back-off.ts';
import { pause } from './pause.ts';
import { buildPrompt } from './prompt.ts';
import type { Provider } from './provider.ts';

export type RecommendDeps = {
  model: Pick<Model, 'ask'>;
  questionnaires: Pick<Questionnaires, 'byId'>;
  provider: Pick<Provider, 'answered' | 'failed' | 'isProbing'>;
  metrics: Metrics;
  random?: Random;
};

/** Four times what five long recommendations take. An answer that is cut off is asked for once more with twice that. */
const TOKENS_MAX = 4_000;
/** A worker of a newer version may know it by then, or this one after its next look. */
const UNKNOWN_QUESTIONNAIRE_MS = 10_000;
/** A repair that fails is tried again from here: to begin anew would pay for the first answer again. */
const REPAIR_TRIES_MAX = 3;
const REPAIR_WAIT_MAX_MS = 60_000;

/**
 * The answers of one claimed assessment become a result: one call of the model, and one more if the first answer does
 * not fit. Changes nothing by itself, so it may run again after any crash.
 * @throws RetryLater, Permanent
 */
export async function recommend(claim: Claim, deps: RecommendDeps, signal: AbortSignal): Promise<Outcome> {
  const content = await contentOf(claim, deps);
  const scores = score(content, claim.answers);
  const prompt = buildPrompt(content, claim.answers, scores);
  const ask: Ask = (messages, repair, tokensMax) =>
    askModel(deps, {
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
    const tokensMax = first.cutOff ? 2 * TOKENS_MAX : TOKENS_MAX;
    last = await askPatiently(() => ask(messages, 1, tokensMax), deps, signal);
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

type Ask = (messages: ModelMessage[], repair: 0 | 1, tokensMax: number) => Promise<ModelAnswer>;

async function contentOf(claim: Claim, { questionnaires }: RecommendDeps): Promise<QuestionnaireContent> {
  const options = { countsAttempt: false, delayMs: UNKNOWN_QUESTIONNAIRE_MS };
  const content = await questionnaires.byId(claim.questionnaireId).catch((cause: unknown) => {
    throw new RetryLater('the questionnaire could not be read', { ...options, cause });
  });
  if (content === undefined) throw new RetryLater('this worker does not know the questionnaire', options);
  return content;
}

function parse(content: QuestionnaireContent, answer: ModelAnswer): ParsedAnswer {
  if (answer.cutOff) return { ok: false, problems: ['it was cut off before its end: be shorter'] };
  return parseAnswer(content, answer.text);
}

async function askPatiently(
  ask: () => Promise<ModelAnswer>,
  deps: RecommendDeps,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      const delayMs = error.delayMs ?? backOffMs(tries, deps.random);
      // The first answer was paid for, so that a refusal of this call does not make the attempt free.
      if (tries === REPAIR_TRIES_MAX || delayMs > REPAIR_WAIT_MAX_MS || signal.aborted)
        throw new RetryLater(`the repair of an answer: ${error.message}`, { delayMs, cause: error });
      await pause(delayMs, signal);
    }
  }
}

async function askModel({ model, metrics, provider }: RecommendDeps, request: ModelRequest): Promise<ModelAnswer> {
  if (request.signal.aborted) throw new RetryLater('ended before the model was asked', { countsAttempt: false });
  const started = performance.now();
  const probed = provider.isProbing();
  let outcome = 'error';
  try {
    const answer = await model.ask(request);
    outcome = answer.cutOff ? 'cut_off' : 'answered';
    provider.answered();
    metrics.modelTokens.inc({ kind: 'prompt' }, answer.promptTokens ?? 0);
    metrics.modelTokens.inc({ kind: 'completion' }, answer.completionTokens ?? 0);
    return answer;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = 'aborted';
      throw error;
    }
    if (error instanceof Permanent) {
      outcome = error.code.toLowerCase();
      provider.answered();
      throw error;
    }
    if (error instanceof RetryLater && !error.countsAttempt) outcome = 'refused';
    provider.failed(error);
    throw probed ? freeOfCharge(error) : error;
  } finally {
    metrics.modelCalls.inc({ outcome });
    metrics.modelSeconds.observe({ outcome }, (performance.now() - started) / 1000);
  }
}

/**
 * Whoever goes first after an outage goes for all. A provider that says that it is still down charges nothing for it,
 * and then it is no attempt; otherwise a long outage would use up the attempts of those that happen to go first.
 */
function freeOfCharge(error: unknown): unknown {
  if (!(error instanceof ProviderFailure) || error.mayHaveCharged) return error;
  const { message, delayMs } = error;
  return new RetryLater(message, { countsAttempt: false, cause: error, ...(delayMs === undefined ? {} : { delayMs }) });
}

function sum(first: ModelAnswer, last: ModelAnswer, kind: 'promptTokens' | 'completionTokens'): number | null {
  if (first === last) return first[kind];
  const counts = [first[kind], last[kind]].filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
}
