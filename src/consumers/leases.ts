import type { ConsumerDeps, Job, StopReason } from './job.ts';

/** Renewals within one lease, so that a single failed one does not lose it. */
const RENEWALS = 3;

export type Leases = {
  /** Renews the leases of all jobs, after a renewal that already runs. A job that has lost its claim is aborted. Never rejects. */
  renew(): Promise<void>;
  /** To be called when a message says that the assessment was cancelled. It may be late or forged, so the row is asked. */
  doubt(id: string): void;
  stop(): void;
};

/** Renews the leases of running jobs for as long as the database confirms their claims. */
export function keepLeases(
  jobs: ReadonlyMap<string, Job>,
  deps: Pick<ConsumerDeps, 'working' | 'log' | 'leaseMs'>,
): Leases {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> =>
    (running = renewLeases(jobs, deps).finally(() => {
      running = undefined;
    }));
  /** All calls during one renewal share the next one. */
  const renew = (): Promise<void> => {
    if (running === undefined) return start();
    next ??= running.then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
  const timer = setInterval(() => {
    // A slow renewal is waited for: a second one at the same time would prove nothing more.
    if (running === undefined) void renew();
  }, deps.leaseMs / RENEWALS);
  return {
    renew,
    doubt(id) {
      const job = jobs.get(id);
      if (job === undefined) return;
      job.inDoubt = true;
      // Before the claim there is nothing to renew; after it the job itself renews because of `inDoubt`.
      if (job.stage !== 'arrived') void renew();
    },
    stop: () => clearInterval(timer),
  };
}

/** Renews every lease by one statement. Only a renewed claim extends its message's ack wait. */
async function renewLeases(
  jobs: ReadonlyMap<string, Job>,
  { working, log }: Pick<ConsumerDeps, 'working' | 'log'>,
): Promise<void> {
  const held = [...jobs.values()].filter(({ stage }) => stage !== 'arrived');
  if (held.length === 0) return;
  try {
    const renewed = await working.renew(held.map(({ id, token }) => ({ id, token })));
    for (const job of held) {
      // Settled during the renewal: its own save has removed the token.
      if (job.stage === 'over') continue;
      if (renewed.has(job.id)) {
        job.inDoubt = false;
        job.message.working();
      } else job.abort.abort('claim-lost' satisfies StopReason);
    }
  } catch (error) {
    // The calls go on: they may be paid for already, and the claim token decides at the save.
    log.warn({ err: error }, 'could not renew leases; the calls go on and the next renewal tries again');
  }
}
