import * as fc from 'fast-check';
import { behaviours, type Behaviour } from './model.ts';
import type { StatementFault } from './store.ts';

/** Something that happens to the fleet or to a server, for a while. */
export type Incident = {
  atMs: number;
  kind: Kind;
  /** Which worker, assessment or message; taken modulo. */ nth: number;
  forMs: number;
};

const kinds = [
  'crash',
  'freeze',
  'stop',
  'database down',
  'database cut off',
  'broker away',
  'stream wiped',
  'stream restored',
  'consumer lost',
  'message lost',
  'message duplicated',
  'message forged',
  'cancel',
  'retry',
] as const;
type Kind = (typeof kinds)[number];

/** One run of the world: the same plan is the same run, to the last event. */
export type Plan = {
  /** Of latencies and jitter, and so of the order in which things happen. */
  seed: number;
  /** When each is submitted. */
  submittedAtMs: number[];
  workers: number;
  concurrency: number;
  answerMs: number;
  script: Behaviour[];
  incidents: Incident[];
  statementFaults: StatementFault[];
  lostMessages: number[];
};

/** Nothing is broken any more after that. */
export const FAULTS_END_MS = 120_000;
const INCIDENT_MAX_MS = 40_000;

/** As many as are allowed as often as few: by itself fast-check prefers short lists. */
const some = <T>(item: fc.Arbitrary<T>, maxLength: number, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength, maxLength, size: 'max' });

const incident = (...of: Kind[]): fc.Arbitrary<Incident> =>
  fc.record({
    atMs: fc.integer({ min: 0, max: FAULTS_END_MS - INCIDENT_MAX_MS }),
    kind: fc.constantFrom(...of),
    nth: fc.nat({ max: 20 }),
    forMs: fc.integer({ min: 0, max: INCIDENT_MAX_MS }),
  });

type StatementFaultKind = StatementFault['kind'];

/** One of so many statements; some kinds more often than others. */
export const statementFault = (max: number, ...more: StatementFaultKind[]): fc.Arbitrary<StatementFault> =>
  fc.record({
    nth: fc.nat({ max }),
    kind: fc.constantFrom<StatementFaultKind>('before', 'after', 'late', 'slow', 'stale', ...more),
  });

const calm = {
  seed: fc.noShrink(fc.integer()),
  submittedAtMs: some(fc.integer({ min: 0, max: 40_000 }), 5, 1),
  workers: fc.integer({ min: 1, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  answerMs: fc.constantFrom(200, 5_000, 20_000),
  script: fc.constant<Behaviour[]>([]),
  incidents: fc.constant<Incident[]>([]),
  statementFaults: fc.constant<StatementFault[]>([]),
  lostMessages: fc.constant<number[]>([]),
};

/** Everything that may go wrong, all at once. */
export const badDays: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom<Behaviour>(...behaviours, 'deadly'), 10),
  incidents: some(incident(...kinds), 10),
  statementFaults: some(statementFault(200), 10),
  lostMessages: some(fc.nat({ max: 400 }), 10),
});

/** Nothing goes wrong, but many wait: for longer than leases, acknowledgements and the reconciler's patience last. */
export const longQueues: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  submittedAtMs: some(fc.integer({ min: 0, max: 3_000 }), 25, 10),
});

/** Only the model has a bad day: no message is lost by that, and none may be sent again. */
export const badModels: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom(...behaviours), 12, 3),
});

/** Only the owners change their minds, over a model that makes the worker ask twice now and then. */
export const fickleOwners: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom('answer', 'slow', 'garbage', 'failure'), 8),
  incidents: some(incident('cancel', 'retry'), 12, 3),
});

/** One assessment of which every call is paid for and none leads to an end: by time-out, by loss, or since its answer kills the worker. */
export const hopelessWork: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  submittedAtMs: fc.constant([0]),
  script: some(fc.constantFrom<Behaviour>('deadly', 'broken', 'hang'), 12, 12),
});

/** The provider turns everything away for long, and takes nothing for it. */
export const turnedAway: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom<Behaviour>('rate limit', 'unreachable'), 25, 10),
});

/** New versions come, while calls take long or are never answered: workers are stopped, and everything else is well. */
export const restarts: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom<Behaviour>('answer', 'slow', 'hang'), 10, 3),
  incidents: some(incident('stop'), 8, 2),
});

const isOfBroker = /^(broker|stream|consumer|message)/;

/** Messages come twice, late or not at all; the database, the model and the workers are well. */
export const badBrokers: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  incidents: some(incident(...kinds.filter((kind) => isOfBroker.test(kind))), 8, 1),
  lostMessages: some(fc.nat({ max: 300 }), 20),
});
