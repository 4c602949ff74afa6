import type { Broker, WorkMessage } from '../adapters/broker.ts';
import type { WorkStore } from '../adapters/database.ts';
import type { Claim } from '../entities/claim.ts';
import type { Log } from '../log.ts';
import type { RecommendDeps } from './recommend.ts';

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
  /** Undefined until the row was claimed. */
  claim?: Claim;
  /** Its call has begun, and may be charged for. */
  asked?: boolean;
  /** Its end is stored, and still to be told. */
  ended?: boolean;
  /** Its owner is said to have cancelled it: the claim may be lost, and the row has not been asked yet. */
  inDoubt?: boolean;
  abort: AbortController;
};
