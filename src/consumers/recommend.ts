import type { Model, ModelReply, ModelMessage, ModelRequest } from '../adapters/model.ts';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import type { Localized, Translations } from '../assessments/translations.ts';
import type { RejectedAnswer } from '../entities/assessment.ts';
import type { Claim, Outcome } from '../entities/claim.ts';
import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../entities/provider-failure.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { Permanent, RetryLater, type FailureCode } from '../errors.ts';
import type { CallOutcome, Metrics } from '../metrics.ts';
import { parseReply, repairMessages, shownText, type ReplyContent, type ParsedReply } from './reply.ts';
import type { Random } from './back-off.ts';
import { BudgetUsedUp, tokensOf, tokensOfFailure } from './budget.ts';
import type { Draft } from './draft.ts';
import { buildPrompt } from './prompt.ts';
import type { Provider, Verdict } from './provider.ts';
import { readDraft } from './read-draft.ts';
import type { Usage } from './usage.ts';

export type RecommendDeps = {
  model: Pick<Model, 'ask' | 'dialect'>;
  translations: Pick<Translations, 'byId'>;
  provider: Omit<Provider, 'slots' | 'calling' | 'stop'>;
  maxAttempts: number;
  budgets: Pick<ModelBudgets, 'resetsAt' | 'takeCall' | 'takeTokens'>;
  usage: Usage;
  metrics: Metrics;
  random?: Random;
};

/** Retry delay: by then another worker may know the questionnaire, or this one after it has read the table again. */
const UNKNOWN_QUESTIONNAIRE_MS = 10_000;

/** Characters of a hash that tell one translation from another. */
const HASH_SHOWN = 12;

/**
 * Makes a result of the answers of one claimed assessment: by one call of the model, and one more (the repair) if the
 * first reply does not fit. Writes nothing, so it may run again after any crash.
 * @param onDraft if given, replies are streamed, and it is called with each draft of the reply that is being written
 * @param traceparent of the request that caused it
 * @throws RetryLater, Permanent
 */
export async function recommend(
  claim: Claim,
  deps: RecommendDeps,
  signal: AbortSignal,
  onDraft?: (draft: Draft) => void,
  traceparent?: string,
): Promise<Outcome> {
  const { content, textHash } = await contentOf(claim, deps);
  const scores = score(content, claim.answers);
  const prompt = buildPrompt(content, claim.answers, scores, claim.language);
  // After a failed stream the next call is plain: a fault of streams does not concern it.
  const isStreamed = onDraft !== undefined && claim.attempts === 1;
  const ask = (messages: ModelMessage[], repair: 0 | 1, length: ModelRequest['length']): Promise<ModelReply> => {
    const drafts = isStreamed ? readDraft(content, onDraft) : undefined;
    // A provider refuses a key that comes with another prompt, as after the correction of a translation.
    const texts = textHash === null ? '' : `.${textHash.slice(0, HASH_SHOWN)}`;
    const idempotencyKey = `${claim.id}:${prompt.promptVersion}${texts}:${claim.round}:${repair}`;
    const { schema, reducedSchema, promptVersion } = prompt;
    const request = { messages, schema, reducedSchema, idempotencyKey, length, signal, traceparent };
    return askModel(
      deps,
      { ...claim, promptVersion },
      drafts === undefined ? request : { ...request, onText: drafts.add },
    ).finally(() => drafts?.end());
  };
  const completed = (reply: ReplyContent, by: ModelReply, before?: RejectedAnswer): Outcome => ({
    status: 'completed',
    result: { ...reply, scores, model: by.model, promptVersion: prompt.promptVersion, textHash },
    promptTokens: sum(before?.promptTokens, by.promptTokens),
    completionTokens: sum(before?.completionTokens, by.completionTokens),
  });

  let rejected = claim.rejectedAnswer;
  if (rejected === null) {
    const first = await ask(prompt.messages, 0, 'usual');
    const parsed = parse(content, first);
    if (parsed.ok) {
      deps.provider.fitted();
      return completed(parsed.reply, first);
    }
    deps.metrics.modelUnusable.inc({ reply: 'first' });
    const { cutOff, promptTokens, completionTokens } = first;
    rejected = { text: shownText(first.text), problems: parsed.problems, cutOff, promptTokens, completionTokens };
  }
  const messages = repairMessages(prompt.messages, rejected.text, rejected.problems);
  const repaired = await ask(messages, 1, rejected.cutOff ? 'double' : 'usual').catch((error: unknown) => {
    throw error instanceof Permanent ? error : new RepairLater(rejected, claim.rejectedAnswer === null, error);
  });
  const parsed = parse(content, repaired);
  if (!parsed.ok) {
    deps.metrics.modelUnusable.inc({ reply: 'repair' });
    deps.provider.unusable(claim.id);
    throw new Permanent('AI_INVALID_OUTPUT', `the model's reply does not fit: ${parsed.problems.join('; ')}`);
  }
  deps.provider.fitted();
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

async function contentOf(claim: Claim, { translations }: RecommendDeps): Promise<Localized> {
  const options = { countsAttempt: false, delayMs: UNKNOWN_QUESTIONNAIRE_MS };
  const found = await translations.byId(claim.questionnaireId, claim.language).catch((cause: unknown) => {
    throw new RetryLater('the questionnaire could not be read', { ...options, cause });
  });
  if (found === undefined) throw new RetryLater('this worker does not know the questionnaire or its language', options);
  return found;
}

function parse(content: QuestionnaireContent, reply: ModelReply): ParsedReply {
  const parsed = parseReply(content, reply.text);
  if (parsed.ok || !reply.cutOff) return parsed;
  return { ok: false, problems: ['it was cut off before its end: be shorter'] };
}

async function askModel(
  { model, metrics, usage, provider, budgets, maxAttempts }: RecommendDeps,
  { id, attempts, promptVersion }: Pick<Claim, 'id' | 'attempts'> & { promptVersion: string },
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
  let outcome: CallOutcome = 'error';
  const { dialect } = model;
  let by: string | undefined;
  budgets.takeCall();
  provider.began();
  try {
    const reply = await model.ask(
      onText === undefined ? request : { ...request, onText: measured(receive(onText), started, metrics) },
    );
    // A reply that is too large comes without its text.
    budgets.takeTokens(tokensOf(request, { ...reply, text: reply.text || received }));
    outcome = reply.cutOff ? 'cut_off' : 'answered';
    provider.replied(id, reply.restMs);
    by = reply.model;
    usage.count(reply, promptVersion);
    return reply;
  } catch (error) {
    budgets.takeTokens(tokensOfFailure(request, error, received));
    if (error instanceof ModelRefusal) usage.count(error.usage, promptVersion);
    if (request.signal.aborted) {
      outcome = 'aborted';
      throw error;
    }
    if (error instanceof Permanent) {
      outcome = CALL_REFUSED[error.code];
      provider.replied(id);
      throw error;
    }
    outcome = failedAs(error);
    if (error instanceof ProviderRefusal) {
      const verdict = await provider.judge(id, error, { dialect, isLast: attempts >= maxAttempts });
      throw asJudged(error, verdict, provider.pausedMs());
    }
    provider.failed(id, error);
    throw error;
  } finally {
    provider.ended();
    metrics.modelCalls.inc({ outcome });
    const seconds = (performance.now() - started) / 1000;
    metrics.modelSeconds.observe({ outcome }, seconds);
    usage.observe({ outcome, seconds, model: by, promptVersion });
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
  if (error instanceof ProviderPause) return 'rate_limit';
  if (!(error instanceof ProviderRefusal)) return 'error';
  return error.reason === 'quota' || error.reason === 'configuration' ? error.reason : 'ai_rejected';
}

/** The provider refuses this request and answers others: an attempt, which fails the assessment if it is the last one. */
export class OwnRefusal extends RetryLater {
  constructor(cause: ProviderRefusal) {
    super(cause.message, { countsAttempt: true, cause });
  }
}

const AGAIN_MS = 100;

function asJudged(refusal: ProviderRefusal, verdict: Verdict, pausedMs: number): Error {
  if (verdict === 'own')
    return refusal.reason === 'too-long'
      ? new Permanent('AI_REJECTED', `${refusal.message}: the prompt is longer than the model's context`)
      : new OwnRefusal(refusal);
  const { message } = refusal;
  const delayMs = verdict === 'all' ? pausedMs : AGAIN_MS;
  return new RetryLater(message, { countsAttempt: !refusal.isFree && verdict === 'learned', delayMs, cause: refusal });
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

/** Null if the provider reported none of the counts. */
function sum(...counts: (number | null | undefined)[]): number | null {
  const known = counts.filter((count) => count != null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}
