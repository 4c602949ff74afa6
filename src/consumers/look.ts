import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SetupStore } from '../adapters/database.ts';
import { readDialect, type Dialect, type Learned, type Model, type ModelReply } from '../adapters/model.ts';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import type { Look } from '../entities/model-setup.ts';
import { ProviderPause, ProviderRefusal } from '../entities/provider-failure.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { Permanent } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { tokensOf } from './budget.ts';
import { canaryOf } from './canary.ts';
import { promptVersionOf } from './prompt.ts';
import { parseReply } from './reply.ts';
import type { Usage } from './usage.ts';

/** Looks at the provider: requests that are made up, so that no person's words decide over all others. */
export type Looks = {
  /** False for a model without a provider: work begins without a look. */
  readonly areNeeded: boolean;
  /**
   * The fleet's last look if it is not older than `since` (of `performance.now()`), otherwise a new one, of this worker or
   * of another. It sets the dialect of calls. Never rejects.
   * @returns undefined if no call may be made: a budget is used up, or this worker stops
   */
  look(since: number): Promise<Look | undefined>;
  /** A person's reply has fitted since the settings were changed, in any worker. */
  hasFitted(): boolean;
  fitted(): void;
  stop(): void;
};

type LooksDeps = {
  model: Pick<Model, 'model' | 'host' | 'dialect' | 'learn'>;
  setups: SetupStore;
  /** Of the set-up. */
  hash: string;
  contents: readonly QuestionnaireContent[];
  budgets: Pick<ModelBudgets, 'resetsAt' | 'takeCall' | 'takeTokens'>;
  usage: Pick<Usage, 'count'>;
  metrics: Metrics;
  log: Log;
  timeoutMs: number;
};

/** While another worker looks. */
const ASK_AGAIN_MS = 250;
/** A worker that is killed while it looks leaves the task to others after this time. */
const LEASE_MS = 15_000;
/** A look has several calls, each with the time-out of calls. */
const CALLS_OF_LOOK = 4;
/** Texts in any language have fewer characters a token. */
const CHARACTERS_PER_TOKEN_MAX = 7;

export function openLooks({
  model,
  setups,
  hash,
  contents,
  budgets,
  usage,
  metrics,
  log,
  timeoutMs,
}: LooksDeps): Looks {
  const stopping = new AbortController();
  const canary = canaryOf(contents);
  let running: Promise<Look | undefined> | undefined;
  let hasFitted = false;
  let isNoted = false;

  const ask = async (): Promise<Look | undefined> => {
    if (canary === undefined || budgets.resetsAt() !== undefined) return undefined;
    const { content, messages, schema, reducedSchema, characters } = canary;
    const started = performance.now();
    const told = {
      onCharged: () => budgets.takeCall(),
      onReply(reply: ModelReply) {
        budgets.takeTokens(tokensOf({ messages }, reply));
        usage.count(reply, promptVersionOf(content));
      },
    };
    const seen = await model
      .learn({ messages, schema, reducedSchema, idempotencyKey: `look:${randomUUID()}`, signal: stopping.signal }, told)
      .then(({ dialect, reply }): Look => {
        const fits = parseReply(content, reply.text).ok;
        tellAnswered({ dialect, reply }, { fits, characters, ms: Math.round(performance.now() - started) });
        return { kind: 'answered', fits, dialect };
      })
      .catch((error: unknown) => (stopping.signal.aborted ? undefined : lookOf(error, model.dialect, log)));
    if (seen !== undefined) metrics.modelLooks.inc({ outcome: seen.kind });
    // Where no look is answered, no person's call is made that could fail.
    if (seen !== undefined && seen.kind !== 'answered') metrics.errors.inc({ part: 'model', code: 'retry_later' });
    return seen;
  };

  const tellAnswered = (
    { dialect, reply: { promptTokens, completionTokens } }: Learned,
    { fits, characters, ms }: { fits: boolean; characters: number; ms: number },
  ): void => {
    const { model: name, host } = model;
    log.info(
      { model: name, host, ...dialect, fits, promptTokens, completionTokens, ms },
      'the model provider was asked a made-up assessment: it replies',
    );
    if (!fits) log.warn({ model: name, host }, UNFIT);
    if (promptTokens !== null && promptTokens * CHARACTERS_PER_TOKEN_MAX < characters)
      log.warn({ model: name, host, promptTokens, characters }, CUT);
  };

  const lookNow = async (since: number): Promise<Look | undefined> => {
    const until = performance.now() + CALLS_OF_LOOK * timeoutMs;
    for (;;) {
      if (stopping.signal.aborted) return undefined;
      // oxlint-disable-next-line no-await-in-loop -- until another worker has looked
      const state = await setups.claimLook(hash, performance.now() - since, LEASE_MS).catch(() => undefined);
      if (state !== undefined && state.kind !== 'others') {
        hasFitted ||= state.hasFitted;
        useDialect(state.look);
      }
      if (state?.kind === 'known') return state.look;
      // Without the database this worker looks by itself.
      if (state?.kind !== 'others' || performance.now() > until) {
        const renewal = setInterval(() => void setups.renewLook(hash, LEASE_MS).catch(() => {}), LEASE_MS / 3);
        // oxlint-disable-next-line no-await-in-loop -- returns
        const seen = await ask().finally(() => clearInterval(renewal));
        // oxlint-disable-next-line no-await-in-loop -- returns
        if (state?.kind === 'yours') await setups.saveLook(hash, seen).catch(() => {});
        return seen;
      }
      // oxlint-disable-next-line no-await-in-loop -- until another worker has looked
      await sleep(ASK_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const useDialect = (look: Look | null): void => {
    if (look?.kind === 'answered') model.dialect = readDialect(look.dialect, model.dialect);
  };

  return {
    areNeeded: true,
    async look(since) {
      // The one that runs may have begun too early.
      await running;
      running ??= lookNow(since).finally(() => (running = undefined));
      return await running;
    },
    hasFitted: () => hasFitted,
    fitted() {
      hasFitted = true;
      if (isNoted) return;
      isNoted = true;
      void setups.saveFit(hash).catch(() => (isNoted = false));
    },
    stop: () => stopping.abort(),
  };
}

/** For a model without a provider: it always replies. */
export const withoutLooks: Looks = {
  areNeeded: false,
  look: async () => ({ kind: 'answered', fits: true, dialect: {} }),
  hasFitted: () => true,
  fitted: () => {},
  stop: () => {},
};

/** The result of a failed look. A provider that is at its rate limit works: the earlier dialect stays. */
function lookOf(error: unknown, dialect: Dialect, log: Log): Look {
  if (error instanceof ProviderRefusal) return { kind: 'refused', reason: error.reason, facts: error.facts };
  if (error instanceof ProviderPause) return { kind: 'refused', reason: 'rate-limit', facts: null };
  if (error instanceof Permanent) return { kind: 'answered', fits: false, dialect };
  log.warn({ err: error }, 'the model provider does not reply to a made-up assessment');
  return { kind: 'failed' };
}

const UNFIT =
  'the reply of the model to a made-up assessment can not be used: if those to people can not either, choose another model, or a server that honours response_format';
const CUT =
  'the model provider has read fewer tokens than the prompt has: it cuts prompts. Raise its context (Ollama: OLLAMA_CONTEXT_LENGTH)';
