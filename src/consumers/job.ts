import type { Broker, WorkMessage } from '../adapters/broker.ts';
import type { WorkStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';
import type { RecommendDeps } from './recommend.ts';
import type { Stage } from './stage.ts';

/** What a worker works with. */
export type ConsumerDeps = Omit<RecommendDeps, 'provider'> & {
  working: Pick<WorkStore, 'claim' | 'renew' | 'release' | 'finish' | 'endOf'>;
  broker: Pick<Broker, 'consume' | 'listenForCancels' | 'publishCompleted' | 'publishDeadLetter' | 'announceProgress'>;
  log: Log;
  concurrency: number;
  leaseMs: number;
  maxAttempts: number;
  /** Default: see watchProvider. */
  probeEveryMs?: number;
};

/** Why a running call is ended early; a cancelled one has lost its claim. */
export type StopReason = 'claim-lost' | 'shutdown';

/** One assessment in work, from its message to its end. */
export type Job = {
  id: string;
  token: string;
  message: WorkMessage;
  /** Written by `enter` alone. */
  readonly stage: Stage;
  /**
   * A message says that the owner has cancelled the assessment, and no renewal has confirmed the claim since. No stage:
   * it can begin, and be resolved, at any stage before `over`.
   */
  inDoubt: boolean;
  abort: AbortController;
};
