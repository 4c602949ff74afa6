import * as fc from 'fast-check';
import { behaviours, type Behaviour } from './model.ts';
import type { StatementFault } from './store.ts';

/** A fault of the fleet or of a server, or an action of an owner. */
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
  'events away',
  'dead letters away',
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

/** The plan of one run. The same plan gives the same run, to the last event. */
export type Plan = {
  /** The seed of latencies and jitter, which decide the order of events. */
  seed: number;
  /** When each assessment is submitted. */
  submittedAtMs: number[];
  workers: number;
  concurrency: number;
  replyMs: number;
  script: Behaviour[];
  incidents: Incident[];
  statementFaults: StatementFault[];
  lostMessages: number[];
};

/** There are no faults after this time. */
export const FAULTS_END_MS = 120_000;
const INCIDENT_MAX_MS = 40_000;

/** Lists of all lengths equally often: by itself fast-check prefers short ones. */
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

/** A fault of one statement, of which some kinds are more frequent than others. */
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
  replyMs: fc.constantFrom(200, 5_000, 20_000),
  script: fc.constant<Behaviour[]>([]),
  incidents: fc.constant<Incident[]>([]),
  statementFaults: fc.constant<StatementFault[]>([]),
  lostMessages: fc.constant<number[]>([]),
};

/** All kinds of faults at once. */
export const badDays: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom<Behaviour>(...behaviours, 'deadly'), 10),
  incidents: some(incident(...kinds), 10),
  statementFaults: some(statementFault(200), 10),
  lostMessages: some(fc.nat({ max: 400 }), 10),
});

/** No faults, but a queue that lasts longer than leases, ack waits and the reconciler's grace time. */
export const longQueues: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  submittedAtMs: some(fc.integer({ min: 0, max: 3_000 }), 25, 10),
});

/** Only the model has faults: they lose no message, so none may be sent again. */
export const badModels: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom(...behaviours), 12, 3),
});

/** Only the owners cancel and retry, over a model that makes some repairs necessary. */
export const fickleOwners: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom('reply', 'slow', 'garbage', 'failure'), 8),
  incidents: some(incident('cancel', 'retry'), 12, 3),
});

/** One assessment whose calls are all paid for and never lead to an end: by time-outs, losses, or replies that kill the worker. */
export const hopelessWork: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  submittedAtMs: fc.constant([0]),
  script: some(fc.constantFrom<Behaviour>('deadly', 'broken', 'hang'), 12, 12),
});

/** The provider refuses all calls for long, and charges nothing for them. */
export const turnedAway: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom<Behaviour>('rate limit', 'unreachable'), 25, 10),
});

/** Workers are stopped, as for new versions, while calls take long or get no reply. There are no other faults. */
export const restarts: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  script: some(fc.constantFrom<Behaviour>('reply', 'slow', 'hang'), 10, 3),
  incidents: some(incident('stop'), 8, 2),
});

const isOfBroker = /^(broker|events|dead|stream|consumer|message)/;

/** Messages come twice, late or not at all. Database, model and workers have no faults. */
export const badBrokers: fc.Arbitrary<Plan> = fc.record({
  ...calm,
  incidents: some(incident(...kinds.filter((kind) => isOfBroker.test(kind))), 8, 1),
  lostMessages: some(fc.nat({ max: 300 }), 20),
});
