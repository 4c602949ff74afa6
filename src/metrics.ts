import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds, from a fast statement to a slow one. */
const DATABASE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Seconds, up to a slow call of the model. */
const WORK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600];

/** Classes of SQLSTATE that a running program meets; `none`: no answer or no connection. */
export const SQLSTATE_CLASSES = [
  'none',
  '08',
  '22',
  '23',
  '25',
  '28',
  '3D',
  '40',
  '42',
  '53',
  '54',
  '55',
  '57',
  '58',
  'XX',
  'other',
] as const;

/** The label for a SQLSTATE: its first two characters. */
export function sqlStateClass(sqlState: string | undefined): string {
  if (sqlState === undefined) return 'none';
  const found = SQLSTATE_CLASSES.find((one) => one === sqlState.slice(0, 2));
  return found ?? 'other';
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Sampling interval of the event loop's delay. Each sample wakes the process, even an idle one. */
const LOOP_SAMPLED_MS = 100;

/** The metrics of a process. The table in docs/REFERENCE.md has the same names. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_SAMPLED_MS });
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter<Label>({ name, help, labelNames, registers });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers });
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram<Label>({ name, help, buckets, labelNames, registers });

  return {
    registry,
    submitted: counter('assay_submitted_total', 'Submissions by outcome', ['outcome']),
    cancelled: counter('assay_cancelled_total', 'Cancellations by outcome', ['outcome']),
    errors: counter('assay_errors_total', 'Errors by the part of the program that met them, and by code', [
      'part',
      'code',
    ]),
    queueWaiting: gauge('assay_queue_waiting', 'Assessments that wait for a worker, counted in the database'),
    queueDeferred: gauge(
      'assay_queue_deferred',
      'Waiting assessments without a work message yet, because their network has its share of them',
    ),
    queueOldest: gauge('assay_queue_oldest_seconds', 'Seconds that the oldest waiting assessment has waited'),
    queueMessages: gauge('assay_queue_messages', 'Messages of the work queue by state', ['state']),
    wait: histogram('assay_wait_seconds', 'Seconds from submission to the claim by a worker', WORK_BUCKETS),
    run: histogram('assay_run_seconds', 'Seconds from the claim to the end of the attempt', WORK_BUCKETS, ['outcome']),
    running: gauge('assay_running', 'Assessments in work in this process'),
    modelCalls: counter('assay_model_calls_total', 'Calls of the model by outcome', ['outcome']),
    modelSeconds: histogram('assay_model_seconds', 'Seconds of one call of the model', WORK_BUCKETS, ['outcome']),
    modelFirstText: histogram(
      'assay_model_first_text_seconds',
      'Seconds to the first text of a streamed reply',
      WORK_BUCKETS,
    ),
    modelTokens: counter('assay_model_tokens_total', 'Tokens counted by the provider, by kind', ['kind']),
    modelPaused: gauge('assay_model_paused', '1 while this worker sends the provider no calls, by reason', ['reason']),
    budgetLeft: gauge('assay_budget_left', 'What is left of a budget of the UTC day, by budget', ['budget']),
    messages: counter('assay_messages_total', 'Work messages by outcome', ['outcome']),
    dispatched: counter('assay_dispatched_total', 'Dispatches by the reconciler, by outcome', ['outcome']),
    consumerRecreated: counter('assay_consumer_recreated_total', 'Stuck JetStream consumers that were created anew'),
    databaseErrors: counter(
      'assay_database_errors_total',
      'Failed tries of statements, by kind and class of SQLSTATE',
      ['kind', 'class'],
    ),
    up: gauge('assay_up', '1 if the part is ok, by part', ['part']),
    database: histogram('assay_database_seconds', 'Seconds of one statement', DATABASE_BUCKETS, ['operation']),
    push: histogram('assay_push_seconds', 'Seconds from the end of an assessment to its push', DATABASE_BUCKETS),
    missedByHint: counter(
      'assay_push_missed_by_hint_total',
      'Ends delivered by the sweep because the hint of the broker was missed',
    ),
    sockets: gauge('assay_sockets_open', 'Open WebSockets'),
    subscriptions: gauge('assay_subscriptions_open', 'Open subscriptions', ['transport']),
    requests: histogram('assay_http_request_seconds', 'Seconds of one HTTP request', DATABASE_BUCKETS, [
      'route',
      'status',
    ]),
  };
}
