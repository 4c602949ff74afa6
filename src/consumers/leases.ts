import type { ConsumerDeps, Job, StopReason } from './run-consumer.ts';

/** Renewals in the time of one lease: one may fail. */
const RENEWALS = 3;

/** Keeps the claims of what runs, as long as the database confirms that they are held. */
export function keepLeases(jobs: ReadonlyMap<string, Job>, deps: Pick<ConsumerDeps, 'working' | 'log' | 'leaseMs'>) {
  let renewing = false;
  const timer = setInterval(() => {
    // A slow answer is waited for: two renewals at once would prove no more than one.
    if (renewing) return;
    renewing = true;
    void renewLeases(jobs, deps).finally(() => {
      renewing = false;
    });
  }, deps.leaseMs / RENEWALS);
  return { stop: () => clearInterval(timer) };
}

/** One statement renews every lease; only then is the broker told that the work goes on. */
async function renewLeases(
  jobs: ReadonlyMap<string, Job>,
  { working, log }: Pick<ConsumerDeps, 'working' | 'log'>,
): Promise<void> {
  const held = [...jobs.values()].filter((job) => job.claim !== undefined);
  if (held.length === 0) return;
  try {
    const renewed = await working.renew(held.map(({ id, token }) => ({ id, token })));
    for (const job of held) {
      // Settled meanwhile: its message is answered, and its token is gone by our own hand.
      if (jobs.get(job.id) !== job) continue;
      if (renewed.has(job.id)) job.message.working();
      else job.abort.abort('claim-lost' satisfies StopReason);
    }
  } catch (error) {
    // The call goes on: it may be paid already, and the database decides who may save.
    log.warn({ err: error }, 'could not renew leases');
  }
}
