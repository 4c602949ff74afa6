import { hasEnded, transitions } from '../../../src/entities/assessment-state.ts';
import { callOf, type Call } from './model.ts';
import type { Change, Rows } from './rows.ts';
import { MAX_ATTEMPTS, type World } from './world.ts';

/** The promises that a run has broken, in words. The numbers are those of docs/PROTOCOL.md. */
export const brokenPromises = (world: World): string[] => [
  ...unended(world),
  ...wrongResults(world),
  ...undelivered(world),
  ...world.store.rows.changes.flatMap(illegal),
  ...versions(world.store.rows),
  ...overpaid(world),
  ...tooOften(world),
  ...messages(world),
  ...acknowledgedTooEarly(world),
  ...untold(world),
];

/** I1 */
function unended({ accepted, store }: World): string[] {
  return accepted.flatMap((id) => {
    const row = store.rows.assessments.get(id);
    if (row === undefined || !hasEnded(row.status)) return [`I1: ${id} is ${row?.status ?? 'gone'}`];
    const broken = [];
    if ((row.status === 'failed') !== (row.failureCode !== null)) broken.push(`I1: ${id} failed without a code`);
    if (row.failureCode === 'ATTEMPTS_EXHAUSTED' && row.attempts < MAX_ATTEMPTS)
      broken.push(`I1: ${id} was given up after ${row.attempts} attempts`);
    return broken;
  });
}

/** I2, and that a result comes from a call for this assessment in this round, by the worker that held the claim. */
function wrongResults({ store: { rows }, provider }: World): string[] {
  const ends = (event: string) => rows.changes.filter((change) => change.event === event);
  const broken = (what: string, event: string, stored: { id: string; round: number }[]): string[] =>
    ends(event).flatMap(({ id, round }) => {
      const count = stored.filter((other) => other.id === id && other.round === round).length;
      return count === 1 ? [] : [`I2: round ${round} of ${id} has ${count} ${what}`];
    });
  const strangers = rows.results.filter(({ id, round, summary }) => {
    const call = callOf(provider.calls, summary);
    return call?.assessmentId !== id || call.round !== round;
  });
  return [
    ...broken('results', 'saved', rows.results),
    ...broken('dead letters', 'failedForGood', rows.letters),
    ...(rows.results.length > ends('saved').length ? ['I2: a result without an end'] : []),
    ...strangers.map(({ id, round, summary }) => `I2: round ${round} of ${id} has the reply of ${summary}`),
  ];
}

/** I3 */
function undelivered({ watchers, hub }: World): string[] {
  const broken = watchers.flatMap(({ id, seen, error }) => {
    const [end] = seen;
    if (error !== undefined) return [`I3: who waits for ${id} was turned away: ${error}`];
    if (end === undefined || seen.length > 1) return [`I3: who waits for ${id} was told ${seen.length} times`];
    return end.id === id && hasEnded(end.status) ? [] : [`I3: who waits for ${id} was told ${end.id} ${end.status}`];
  });
  const left = hub?.followed ?? 0;
  return left === 0 ? broken : [...broken, `I3: ${left} are still listened for`];
}

/** I6 */
export function illegal({ at, id, event, from, to, token, heldBy, tooEarlyMs }: Change): string[] {
  const what = `I6: ${id} at ${Math.round(at)}: ${event} from ${from} to ${to}`;
  const broken = [];
  if (transitions[from][event] !== to) broken.push(what);
  if (tooEarlyMs > 0) broken.push(`${what}, ${tooEarlyMs} ms too early`);
  const isWork = event === 'saved' || event === 'retryLater' || event === 'failedForGood';
  if (isWork && token !== heldBy) broken.push(`${what}, by a worker without the claim`);
  return broken;
}

/** I6: the version rises by one with the status and with nothing else. */
export function versions({ changes }: Pick<Rows, 'changes'>): string[] {
  const last = new Map<string, number>();
  return changes.flatMap(({ id, event, from, to, versions: [before, after] }) => {
    const expected = last.get(id) ?? 1;
    last.set(id, after);
    if (before === expected && after - before === (from === to ? 0 : 1)) return [];
    return [`I6: ${event} of ${id} took the version from ${before} to ${after} after ${expected}`];
  });
}

/** A worker that could not renew for so long may have lost its claim: the lease less one renewal. */
const CLAIM_LOST_MS = 9_000;

/**
 * I5: of all paid calls of a round one is for its result. Each further one needs a reason between it and the next: the
 * worker was lost, or could not renew its leases, or the call had no reply.
 */
function overpaid({ accepted, provider, marks }: World): string[] {
  const excused = (call: Call, next: Call | undefined): boolean => {
    if (call.outcome === 'timeout' || call.outcome === 'aborted' || call.behaviour === 'broken') return true;
    const until = next?.sentAt ?? Number.POSITIVE_INFINITY;
    const isBetween = (at: number): boolean => at >= call.sentAt - CLAIM_LOST_MS && at <= until;
    const keptMs = marks
      .filter(({ at, process }) => isBetween(at) && (process === undefined || process === call.process))
      .reduce((sum, { forMs }) => sum + forMs, 0);
    return keptMs >= CLAIM_LOST_MS;
  };
  return accepted.flatMap((id) =>
    [...new Set(provider.calls.map(({ round }) => round))].flatMap((round) =>
      [false, true].flatMap((repair) => {
        const paid = provider.calls.filter(
          (call) => call.assessmentId === id && call.round === round && call.repair === repair && call.paid,
        );
        const needless = paid.filter((call, index) => !excused(call, paid[index + 1])).length - 1;
        return needless > 0
          ? [`I5: ${id} was paid for ${paid.length} times in round ${round}, ${needless} too often`]
          : [];
      }),
    ),
  );
}

/**
 * An attempt is counted before it is paid for, and pays for at most one reply and one repair, even if its worker is lost.
 */
function tooOften({ accepted, provider }: World): string[] {
  const paid = (id: string, round: number, repair: boolean): number =>
    provider.calls.filter(
      (call) => call.assessmentId === id && call.round === round && call.paid && call.repair === repair,
    ).length;
  return accepted.flatMap((id) =>
    [...new Set(provider.calls.map(({ round }) => round))].flatMap((round) =>
      [false, true]
        .filter((repair) => paid(id, round, repair) > MAX_ATTEMPTS)
        .map((repair) => `${id} was paid for ${paid(id, round, repair)} times in round ${round}`),
    ),
  );
}

/**
 * A message may be acked only after its assessment has ended: its redelivery brings back the work of a lost worker. Or while
 * it is deferred: then a new message follows.
 */
function acknowledgedTooEarly({ server, store: { rows } }: World): string[] {
  return server.acknowledged
    .filter(({ id, givenAt, at }) => {
      const own = rows.changes.filter((change) => change.id === id);
      const round = 1 + own.filter((change) => change.event === 'retried' && change.at <= givenAt).length;
      const hasEndedBy = own.some((change) => hasEnded(change.to) && change.round >= round && change.at <= at);
      const wasDeferred = rows.deferrals.some((one) => one.id === id && one.from <= at && one.to >= givenAt);
      return rows.assessments.has(id) && !hasEndedBy && !wasDeferred;
    })
    .map(({ id, at }) => `the message of ${id} was acknowledged at ${Math.round(at)}, before its end`);
}

/**
 * Other services are told every end, and every dead letter. Not where the broker has lost the work message, which is what
 * keeps an end until it is told; nor where a retry began before the message came again.
 */
function untold({ server: { told, hasLostWork }, store: { rows } }: World): string[] {
  if (hasLostWork) return [];
  return rows.changes
    .filter(({ id, to, at }) => {
      const isRetried = rows.changes.some((other) => other.id === id && other.event === 'retried' && other.at >= at);
      const wasDeferred = rows.deferrals.some((one) => one.id === id && one.from <= at && one.to >= at);
      return hasEnded(to) && !isRetried && !(to === 'cancelled' && wasDeferred);
    })
    .flatMap(({ id, to, versions: [, version] }) => {
      const end = `${id}:${version}`;
      return [
        ...(told.events.has(end) ? [] : [`other services were not told that ${id} was ${to}`]),
        ...(to !== 'failed' || told.dead.has(end) ? [] : [`there is no dead letter of ${id}`]),
      ];
    });
}

function messages({ server: { jetStream } }: World): string[] {
  const { messages: left, bareNaks } = jetStream;
  return [
    ...(left === 0 ? [] : [`${left} work messages are left`]),
    ...(bareNaks === 0 ? [] : [`${bareNaks} messages were given back without a delay`]),
  ];
}
