import type { ModelReply, ModelRequest } from '../adapters/model.ts';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../entities/provider-failure.ts';
import { RetryLater } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

type WatchDeps = {
  budgets: Pick<ModelBudgets, 'usedUp' | 'resetsAt'>;
  metrics: Metrics;
  log: Log;
  /** Called when calls may be begun again. */
  onChange: () => void;
};

/** As often as processes exchange their spending. */
const LOOK_EVERY_MS = 1_000;

/** Says when a budget is used up and when work goes on: in the log, in the gauge of pauses, and to the queue. */
export function watchBudgets({ budgets, metrics, log, onChange }: WatchDeps): { stop(): void } {
  let told: readonly string[] = [];
  const look = (): void => {
    const usedUp = budgets.usedUp();
    const before = told;
    told = usedUp.map(({ setting }) => setting);
    for (const { setting, perDay } of usedUp.filter((one) => !before.includes(one.setting)))
      log.error({ setting, perDay, goesOnAt: budgets.resetsAt()?.toISOString() }, usedUpText(setting));
    if (told.length > 0) return metrics.modelPaused.set({ reason: 'budget' }, 1);
    if (before.length === 0) return;
    metrics.modelPaused.set({ reason: 'budget' }, 0);
    log.info({ settings: before }, 'the model has a budget again: work goes on');
    onChange();
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

const usedUpText = (setting: string): string =>
  `the budget of the day is used up: no call of the model is begun before the next UTC day. To go on sooner, raise ${setting} and restart`;

/** An assessment that was claimed before the budget was used up is due again after this time, and then waits in the stream. */
const DUE_AGAIN_MS = 60_000;

/** The budget ended between the claim and the call, so that no call was made. Never an attempt, since nothing failed. */
export class BudgetUsedUp extends RetryLater {
  constructor(resetsAt: Date) {
    // No longer, because a raised budget would not be used for it.
    const delayMs = Math.min(DUE_AGAIN_MS, Math.max(0, resetsAt.getTime() - Date.now()));
    super('the budget of the day is used up', { countsAttempt: false, delayMs });
  }
}

/** More than any call of this program can use. */
const TOKENS_OF_CALL_MAX = 1_000_000;
const CHARACTERS_PER_TOKEN = 4;

/** The tokens of a reply: each count as the provider says, or estimated if it says nothing or something impossible. */
export function tokensOf({ messages }: Pick<ModelRequest, 'messages'>, reply: Charged): number {
  const { text = '', promptTokens, completionTokens } = reply;
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  return likely(promptTokens, characters) + likely(completionTokens, text.length);
}

type Charged = Partial<Pick<ModelReply, 'text' | 'promptTokens' | 'completionTokens'>>;

function likely(count: number | null | undefined, characters: number): number {
  const isPossible = count != null && count <= TOKENS_OF_CALL_MAX && (count > 0 || characters === 0);
  return isPossible ? count : Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** The tokens that a failed call may have cost. @param received the text that came before it failed */
export function tokensOfFailure(request: Pick<ModelRequest, 'messages'>, error: unknown, received: string): number {
  if (error instanceof ModelRefusal) return tokensOf(request, { ...error.usage, text: received });
  return received === '' && isFree(error) ? 0 : tokensOf(request, { text: received });
}

/** Whether the provider surely does not charge for the call. */
function isFree(error: unknown): boolean {
  if (error instanceof ProviderFailure) return !error.mayHaveCharged;
  if (error instanceof ProviderRefusal) return error.isFree;
  return error instanceof ProviderPause && !error.countsAttempt;
}
