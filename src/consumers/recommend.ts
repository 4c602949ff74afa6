import type { Model, ModelReply, ModelMessage, ModelRequest } from '../adapters/model.ts';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { RejectedAnswer } from '../entities/assessment.ts';
import type { Claim, Outcome } from '../entities/claim.ts';
import { ProviderFailure, ProviderPause } from '../entities/provider-failure.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { Permanent, RetryLater, type FailureCode } from '../errors.ts';
import type { CallOutcome, Metrics } from '../metrics.ts';
import { parseReply, repairMessages, shownText, type ReplyContent, type ParsedReply } from './reply.ts';
import type { Random } from './back-off.ts';
import { BudgetUsedUp, tokensOf, tokensOfFailure } from './budget.ts';
import type { Draft } from './draft.ts';
import { buildPrompt } from './prompt.ts';
import type { Provider } from './provider.ts';
import { readDraft } from './read-draft.ts';

export type RecommendDeps = {
  model: Pick<Model, 'ask'>;
  questionnaires: Pick<Questionnaires, 'byId'>;
  provider: Pick<Provider, 'replied' | 'failed' | 'isFreeProbe' | 'pausedMs'>;
  budgets: Pick<ModelBudgets, 'resetsAt' | 'takeCall' | 'takeTokens'>;
  metrics: Metrics;
  random?: Random;
};

/** Four times the length of five long recommendations. A reply that was cut off is asked for once more with twice that. */
const TOKENS_MAX = 4_000;
/** Retry delay: by then another worker may know the questionnaire, or this one after it has read the table again. */
const UNKNOWN_QUESTIONNAIRE_MS = 10_000;

/**
 * Makes a result of the answers of one claimed assessment: by one call of the model, and one more (the repair) if the
 * first reply does not fit. Writes nothing, so it may run again after any crash.
 * @param onDraft if given, replies are streamed, and it is called with each draft of the reply that is being written
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
  const ask = (messages: ModelMessage[], repair: 0 | 1, tokensMax: number): Promise<ModelReply> => {
    const drafts = onDraft && readDraft(content, onDraft);
    const idempotencyKey = `${claim.id}:${prompt.promptVersion}:${claim.round}:${repair}`;
    const request = { messages, schema: prompt.schema, idempotencyKey, tokensMax, signal };
    return askModel(deps, claim.id, drafts === undefined ? request : { ...request, onText: drafts.add }).finally(() =>
      drafts?.end(),
    );
  };
  const completed = (reply: ReplyContent, by: ModelReply, before?: RejectedAnswer): Outcome => ({
    status: 'completed',
    result: { ...reply, scores, model: by.model, promptVersion: prompt.promptVersion },
    promptTokens: sum(before?.promptTokens, by.promptTokens),
    completionTokens: sum(before?.completionTokens, by.completionTokens),
  });

  let rejected = claim.rejectedAnswer;
  if (rejected === null) {
    const first = await ask(prompt.messages, 0, TOKENS_MAX);
    const parsed = parse(content, first);
    if (parsed.ok) return completed(parsed.reply, first);
    deps.metrics.modelUnusable.inc({ reply: 'first' });
    const { cutOff, promptTokens, completionTokens } = first;
    rejected = { text: shownText(first.text), problems: parsed.problems, cutOff, promptTokens, completionTokens };
  }
  const messages = repairMessages(prompt.messages, rejected.text, rejected.problems);
  const repaired = await ask(messages, 1, rejected.cutOff ? 2 * TOKENS_MAX : TOKENS_MAX).catch((error: unknown) => {
    throw error instanceof Permanent ? error : new RepairLater(rejected, claim.rejectedAnswer === null, error);
  });
  const parsed = parse(content, repaired);
  if (!parsed.ok) {
    deps.metrics.modelUnusable.inc({ reply: 'repair' });
    throw new Permanent('AI_INVALID_OUTPUT', `the model's reply does not fit: ${parsed.problems.join('; ')}`);
  }
  return completed(parsed.reply, repaired, rejected);
}

/** The repair of a reply failed. The reply is kept, because a new beginning would pay for it again. */
export class RepairLater extends RetryLater {
  readonly rejected: RejectedAnswer;

  /**
   * @param paidNow the reply came in this attempt, which therefore counts even if its repair was refused free of charge. It
   * does not count if the budget is used up: otherwise the budget could use up the last attempt.
   */
  constructor(rejected: RejectedAnswer, paidNow: boolean, cause: unknown) {
    const later = cause instanceof RetryLater ? cause : new RetryLater('unexpected error');
    const { message, delayMs, countsAttempt } = later;
    const delay = delayMs === undefined ? {} : { delayMs };
    const counts = countsAttempt || (paidNow && !(cause instanceof BudgetUsedUp));
    super(`the repair of a reply: ${message}`, { cause, countsAttempt: counts, ...delay });
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

function parse(content: QuestionnaireContent, reply: ModelReply): ParsedReply {
  const parsed = parseReply(content, reply.text);
  if (parsed.ok || !reply.cutOff) return parsed;
  return { ok: false, problems: ['it was cut off before its end: be shorter'] };
}

async function askModel(
  { model, metrics, provider, budgets }: RecommendDeps,
  assessmentId: string,
  request: ModelRequest,
): Promise<ModelReply> {
  if (request.signal.aborted) throw new RetryLater('ended before the model was asked', { countsAttempt: false });
  // The provider may have refused another call since this assessment was claimed.
  const delayMs = provider.pausedMs();
  if (delayMs > 0) throw new RetryLater('the model provider is paused', { countsAttempt: false, delayMs });
  const resetsAt = budgets.resetsAt();
  if (resetsAt !== undefined) throw new BudgetUsedUp(resetsAt);
  const { onText } = request;
  let received = '';
  const receive = (next: (piece: string) => void) => (piece: string) => {
    received += piece;
    next(piece);
  };
  const started = performance.now();
  const isFree = provider.isFreeProbe(assessmentId);
  let outcome: CallOutcome = 'error';
  budgets.takeCall();
  try {
    const reply = await model.ask(
      onText === undefined ? request : { ...request, onText: measured(receive(onText), started, metrics) },
    );
    // A reply that is too large comes without its text.
    budgets.takeTokens(tokensOf(request, { ...reply, text: reply.text || received }));
    outcome = reply.cutOff ? 'cut_off' : 'answered';
    provider.replied();
    metrics.modelTokens.inc({ kind: 'prompt' }, reply.promptTokens ?? 0);
    metrics.modelTokens.inc({ kind: 'completion' }, reply.completionTokens ?? 0);
    return reply;
  } catch (error) {
    budgets.takeTokens(tokensOfFailure(request, error, received));
    if (request.signal.aborted) {
      outcome = 'aborted';
      throw error;
    }
    if (error instanceof Permanent) {
      outcome = CALL_REFUSED[error.code];
      provider.replied();
      throw error;
    }
    outcome = failedAs(error);
    provider.failed(error);
    throw isFree ? freeOfCharge(error) : error;
  } finally {
    metrics.modelCalls.inc({ outcome });
    metrics.modelSeconds.observe({ outcome }, (performance.now() - started) / 1000);
  }
}

const CALL_REFUSED = {
  AI_INVALID_OUTPUT: 'ai_invalid_output',
  AI_REFUSED: 'ai_refused',
  AI_REJECTED: 'ai_rejected',
  ATTEMPTS_EXHAUSTED: 'error',
} satisfies Record<FailureCode, CallOutcome>;

function failedAs(error: unknown): CallOutcome {
  if (error instanceof ProviderFailure) return error.kind;
  if (!(error instanceof ProviderPause)) return 'error';
  return error.reason === 'rate-limit' ? 'rate_limit' : error.reason;
}

/** Passes the pieces on and measures the time to the first one. */
function measured(onText: (piece: string) => void, started: number, metrics: Metrics): (piece: string) => void {
  let isFirst = true;
  return (piece) => {
    if (isFirst) metrics.modelFirstText.observe((performance.now() - started) / 1000);
    isFirst = false;
    onText(piece);
  };
}

/**
 * A failed half-open probe is no attempt, unless the provider may have charged for it. Otherwise a long outage would use
 * up the attempts of the assessments that happen to be the probes.
 */
function freeOfCharge(error: unknown): unknown {
  if (!(error instanceof ProviderFailure) || error.mayHaveCharged) return error;
  const { message, delayMs } = error;
  return new RetryLater(message, { countsAttempt: false, cause: error, ...(delayMs === undefined ? {} : { delayMs }) });
}

/** Null if the provider reported none of the counts. */
function sum(...counts: (number | null | undefined)[]): number | null {
  const known = counts.filter((count) => count != null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}
