import type { Dictionary } from '../memory/dictionary.ts';
import type { ConsumerDeps, Job, StopReason } from './job.ts';

/** Renewals in the time of one lease: one may fail. */
const RENEWALS = 3;

export type Leases = {
  /** Renews all of them, after a renewal that runs already; what turns out to be lost is aborted. Never rejects. */
  renew(): Promise<void>;
  /** A message says that this one was cancelled. The row is asked at once, since a message may be late or forged. */
  doubt(id: string): void;
  stop(): void;
};

/** Keeps the claims of what runs, as long as the database confirms that they are held. */
export function keepLeases(
  jobs: Pick<Dictionary<Job>, 'get' | 'values'>,
  deps: Pick<ConsumerDeps, 'working' | 'log' | 'leaseMs'>,
): Leases {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> =>
    (running = renewLeases(jobs, deps).finally(() => {
      running = undefined;
    }));
  /** However many ask meanwhile, one renewal behind the running one answers them all. */
  const renew = (): Promise<void> => {
    if (running === undefined) return start();
    next ??= running.then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
  const timer = setInterval(() => {
    // A slow answer is waited for: two renewals at once would prove no more than one.
    if (running === undefined) void renew();
  }, deps.leaseMs / RENEWALS);
  return {
    renew,
    doubt(id) {
      const job = jobs.get(id);
      if (job === undefined) return;
      job.inDoubt = true;
      // Before the claim is answered there is nothing to renew: who claims will ask.
      if (job.stage !== 'arrived') void renew();
    },
    stop: () => clearInterval(timer),
  };
}

/** One statement renews every lease; only then is the broker told that the work goes on. */
async function renewLeases(
  jobs: Pick<Dictionary<Job>, 'get' | 'values'>,
  { working, log }: Pick<ConsumerDeps, 'working' | 'log'>,
): Promise<void> {
  const held = jobs.values().filter(({ stage }) => stage !== 'arrived');
  if (held.length === 0) return;
  try {
    const renewed = await working.renew(held.map(({ id, token }) => ({ id, token })));
    for (const job of held) {
      // Settled meanwhile: its message is answered, and its token is gone by our own hand.
      if (job.stage === 'over') continue;
      if (renewed.has(job.id)) {
        job.inDoubt = false;
        job.message.working();
      } else job.abort.abort('claim-lost' satisfies StopReason);
    }
  } catch (error) {
    // The call goes on: it may be paid already, and the database decides who may save.
    log.warn({ err: error }, 'could not renew leases');
  }
}
