import type { Broker, WorkMessage } from '../adapters/broker.ts';
import type { Model } from '../adapters/model.ts';
import type { UntoldStore, WorkStore } from '../adapters/database.ts';
import type { Turns } from '../assessments/turns.ts';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import type { Log } from '../log.ts';
import type { Limiter } from './limiter.ts';
import type { Looks } from './look.ts';
import type { RecommendDeps } from './recommend.ts';
import type { Usage } from './usage.ts';
import type { Stage } from './stage.ts';

/** A model with what belongs to it alone. */
export type AskedModel = {
  model: Pick<Model, 'model' | 'host' | 'ask' | 'dialect'>;
  looks: Looks;
  usage: Usage;
  limiter: Limiter;
};

export type ConsumerDeps = Omit<RecommendDeps, 'provider' | keyof AskedModel> &
  AskedModel & {
    /** Asked in this order where the model before is paused for longer than `afterMs`. @defaultValue none */
    fallback?: { models: readonly AskedModel[]; afterMs: number };
    working: Pick<WorkStore, 'claim' | 'renew' | 'release' | 'finish' | 'endOf'>;
    broker: Pick<
      Broker,
      'consume' | 'listenForCancels' | 'publishCompleted' | 'publishDeadLetter' | 'announceProgress'
    >;
    untold: Pick<UntoldStore, 'add'>;
    turns: Pick<Turns, 'next'>;
    budgets: Pick<ModelBudgets, 'callsLeft' | 'usedUp' | 'resetsAt' | 'takeCall' | 'takeTokens'>;
    log: Log;
    concurrency: number;
    leaseMs: number;
  };

/** Why a running call is aborted. Cancelling an assessment takes the claim away, so it is `claim-lost`. */
export type StopReason = 'claim-lost' | 'shutdown';

/** One assessment in this worker, from its message to its stored end, or to the message's nak. */
export type Job = {
  id: string;
  /** Proves the claim in every statement about the row. */
  token: string;
  message: WorkMessage;
  /** Written by `enter` alone. */
  readonly stage: Stage;
  /**
   * A message says that the owner has cancelled the assessment, and no renewal has confirmed the claim since. No stage:
   * it can begin, and be resolved, at any stage before `over`.
   */
  inDoubt: boolean;
  /** Aborted with a `StopReason`. */
  abort: AbortController;
};
