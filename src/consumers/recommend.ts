import type { Model, ModelAnswer, ModelMessage, ModelRequest } from '../adapters/model.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { RejectedAnswer } from '../entities/assessment.ts';
import type { Claim, Outcome } from '../entities/claim.ts';
import { ProviderFailure } from '../entities/provider-failure.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { Permanent, RetryLater } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { parseAnswer, repairMessages, shownText, type Answer, type ParsedAnswer } from './answer.ts';
import type { Random } from './back-off.ts';
import { readDraft, type Draft } from './draft.ts';
import { buildPrompt } from './prompt.ts';
import type { Provider } from './provider.ts';

export type RecommendDeps = {
  model: Pick<Model, 'ask'>;
  questionnaires: Pick<Questionnaires, 'byId'>;
  provider: Pick<Provider, 'answered' | 'failed' | 'isFreeProbe' | 'pausedMs'>;
  metrics: Metrics;
  random?: Random;
};

/** Four times what five long recommendations take. An answer that is cut off is asked for once more with twice that. */
const TOKENS_MAX = 4_000;
/** A worker of a newer version may know it by then, or this one after its next look. */
const UNKNOWN_QUESTIONNAIRE_MS = 10_000;

/**
 * The answers of one claimed assessment become a result: one call of the model, and one more if the first answer does
 * not fit. Changes nothing by itself, so it may run again after any crash.
 * @param onDraft with it the answers are streamed, and it is told what is whole of the one that is being written
 * @throws RetryLater, Permanent
 */
export async function recommend(
  claim: Claim,
  deps: RecommendDeps,
  signal: AbortSignal,
  onDraft?: (draft: Draft) => void,
): Promise<Outcome> {
  const content = await contentOf(claim, deps);
  const scores = score(content, claim.answers);
  const prompt = buildPrompt(content, claim.answers, scores);
  const ask = (messages: ModelMessage[], repair: 0 | 1, tokensMax: number): Promise<ModelAnswer> =>
    askModel(deps, claim.id, {
      messages,
      schema: prompt.schema,
      idempotencyKey: `${claim.id}:${prompt.promptVersion}:${claim.round}:${repair}`,
      tokensMax,
      signal,
      ...(onDraft === undefined ? {} : { onText: readDraft(content, onDraft) }),
    });
  const completed = (answer: Answer, by: ModelAnswer, before?: RejectedAnswer): Outcome => ({
    status: 'completed',
    result: { ...answer, scores, model: by.model, promptVersion: prompt.promptVersion },
    promptTokens: sum(before?.promptTokens, by.promptTokens),
    completionTokens: sum(before?.completionTokens, by.completionTokens),
  });

  let rejected = claim.rejectedAnswer;
  if (rejected === null) {
    const first = await ask(prompt.messages, 0, TOKENS_MAX);
    const parsed = parse(content, first);
    if (parsed.ok) return completed(parsed.answer, first);
    const { cutOff, promptTokens, completionTokens } = first;
    rejected = { text: shownText(first.text), problems: parsed.problems, cutOff, promptTokens, completionTokens };
  }
  const messages = repairMessages(prompt.messages, rejected.text, rejected.problems);
  const repaired = await ask(messages, 1, rejected.cutOff ? 2 * TOKENS_MAX : TOKENS_MAX).catch((error: unknown) => {
    throw error instanceof Permanent ? error : new RepairLater(rejected, claim.rejectedAnswer === null, error);
  });
  const parsed = parse(content, repaired);
  if (!parsed.ok)
    throw new Permanent('AI_INVALID_OUTPUT', `the model's answer does not fit: ${parsed.problems.join('; ')}`);
  return completed(parsed.answer, repaired, rejected);
}

/** The repair of an answer failed. The answer is kept, since to begin anew would pay for it again. */
export class RepairLater extends RetryLater {
  readonly rejected: RejectedAnswer;

  /** @param paidNow the answer came in this attempt, which then counts even if its repair was refused for free */
  constructor(rejected: RejectedAnswer, paidNow: boolean, cause: unknown) {
    const later = cause instanceof RetryLater ? cause : new RetryLater('unexpected error');
    const { message, delayMs, countsAttempt } = later;
    const delay = delayMs === undefined ? {} : { delayMs };
    super(`the repair of an answer: ${message}`, { cause, countsAttempt: countsAttempt || paidNow, ...delay });
    this.rejected = rejected;
  }
}

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

async function askModel(
  { model, metrics, provider }: RecommendDeps,
  assessmentId: string,
  request: ModelRequest,
): Promise<ModelAnswer> {
  if (request.signal.aborted) throw new RetryLater('ended before the model was asked', { countsAttempt: false });
  // It has refused another one since this one was claimed.
  const delayMs = provider.pausedMs();
  if (delayMs > 0) throw new RetryLater('the provider is not to be asked for now', { countsAttempt: false, delayMs });
  const { onText } = request;
  const started = performance.now();
  const isFree = provider.isFreeProbe(assessmentId);
  let outcome = 'error';
  try {
    const answer = await model.ask(
      onText === undefined ? request : { ...request, onText: measured(onText, started, metrics) },
    );
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
    throw isFree ? freeOfCharge(error) : error;
  } finally {
    metrics.modelCalls.inc({ outcome });
    metrics.modelSeconds.observe({ outcome }, (performance.now() - started) / 1000);
  }
}

/** Measures how long the first piece has taken. */
function measured(onText: (piece: string) => void, started: number, metrics: Metrics): (piece: string) => void {
  let isFirst = true;
  return (piece) => {
    if (isFirst) metrics.modelFirstText.observe((performance.now() - started) / 1000);
    isFirst = false;
    onText(piece);
  };
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

/** Null where the provider did not say. */
function sum(...counts: (number | null | undefined)[]): number | null {
  const known = counts.filter((count) => count != null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}
