import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Model } from '../src/adapters/model.ts';
import { recommend, RepairLater, type RecommendDeps } from '../src/consumers/recommend.ts';
import type { Claim } from '../src/entities/claim.ts';
import { ModelRefusal } from '../src/entities/provider-failure.ts';
import { questionnaireId } from '../src/entities/questionnaire-content.ts';
import { Permanent, RetryLater } from '../src/errors.ts';
import { describeError } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { OwnError } from '../src/own-error.ts';
import { CallsUsedUp, type Calls } from './calls.ts';
import type { End, Seen } from './seen.ts';
import type { Sheet } from './sheets.ts';
import { oneCall, sumOf, type CountReply, type Spent } from './spent.ts';

export type Asked = Seen & {
  /** Without words of the provider, which may quote the key; empty if the reply fits. */
  why: string;
  spent: Spent;
};

/** Stops a run: the calls are used up, or the provider refuses everybody. */
export type Stop = { why?: string };

type AskDeps = { model: Pick<Model, 'ask' | 'dialect'>; calls: Calls; countReply: CountReply; stop: Stop };

/** Calls of a sheet that fail are repeated, with the waits that the provider asks for within these limits. */
const TRIES_MAX = 4;
const WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;

/** Asks for a sheet as a worker asks for a person: a call, and the repair if its reply does not fit. */
export async function askSheet(sheet: Sheet, { model, calls, countReply, stop }: AskDeps): Promise<Asked> {
  const texts: string[] = [];
  const spent: Spent[] = [];
  const recorded: Pick<Model, 'ask' | 'dialect'> = {
    dialect: model.dialect,
    async ask(request) {
      spent.push(oneCall);
      const reply = await model.ask(request).catch((error: unknown) => {
        if (error instanceof ModelRefusal) spent.push(countReply(error.usage));
        throw error;
      });
      texts.push(reply.text);
      spent.push(countReply(reply));
      return reply;
    },
  };
  const ended = (end: End, why = '', reply?: Asked['reply']): Asked => ({
    sheet,
    end,
    why,
    texts,
    reply,
    spent: sumOf(spent),
  });
  const claim = claimOf(sheet);
  for (let tries = 1; ; tries++) {
    if (stop.why !== undefined) return ended('unasked', stop.why);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after another
      const outcome = await recommend(claim, depsOf(sheet, recorded, calls, stop), new AbortController().signal);
      if (outcome.status === 'failed') return ended('refused', outcome.lastError);
      const { summary, recommendations } = outcome.result;
      return ended(texts.length === 1 ? 'first' : 'repair', '', { summary, recommendations });
    } catch (error) {
      const { cause } = error as Error;
      const usedUp = [error, cause].find((one) => one instanceof CallsUsedUp);
      if (usedUp !== undefined) stop.why = usedUp.message;
      if (error instanceof Permanent)
        return ended(error.code === 'AI_INVALID_OUTPUT' ? 'never' : 'refused', error.message);
      if (error instanceof RepairLater) claim.rejectedAnswer = error.rejected;
      if (stop.why !== undefined) continue;
      if (tries === TRIES_MAX || !(error instanceof RetryLater)) return ended('failed', whyOf(error));
      const delayMs = error.delayMs ?? WAIT_MS * 2 ** (tries - 1);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(Math.min(delayMs, WAIT_MAX_MS));
    }
  }
}

const whyOf = (error: unknown): string => (error instanceof OwnError ? error.message : describeError(error).type);

const metrics = createMetrics();

function depsOf(sheet: Sheet, model: Pick<Model, 'ask' | 'dialect'>, calls: Calls, stop: Stop): RecommendDeps {
  return {
    model,
    translations: { byId: async () => ({ content: sheet.content, textHash: null }) },
    budgets: { resetsAt: () => undefined, takeCall: () => calls.take(), takeTokens: () => {} },
    provider: {
      pausedMs: () => 0,
      began: () => {},
      ended: () => {},
      replied: () => {},
      failed: () => {},
      unusable: () => {},
      fitted: () => {},
      async judge(_, { reason, message }) {
        if (reason !== 'quota' && reason !== 'configuration') return 'own';
        stop.why = message;
        return 'all';
      },
    },
    maxAttempts: TRIES_MAX,
    usage: { count: () => {}, observe: () => {} },
    metrics,
  };
}

const claimOf = ({ content, answers }: Sheet): Claim => ({
  id: randomUUID(),
  token: '',
  sessionId: '',
  questionnaireId: questionnaireId(content),
  language: null,
  answers,
  version: 1,
  round: 1,
  attempts: 1,
  watch: false,
  network: null,
  rejectedAnswer: null,
  waitedMs: null,
});
