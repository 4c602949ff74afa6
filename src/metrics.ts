import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a fast statement to a slow model call, in seconds. */
const DATABASE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const WORK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600];

export type Metrics = ReturnType<typeof createMetrics>;

/** How often the event loop's delay is sampled: each time wakes the process, also one that has nothing to do. */
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
    errors: counter('assay_errors_total', 'Errors by the part where they showed and their code', ['part', 'code']),
    queueWaiting: gauge('assay_queue_waiting', 'Assessments that wait for a worker, as the database counts them'),
    queueOldest: gauge('assay_queue_oldest_seconds', 'How long the oldest of them has waited'),
    queueMessages: gauge('assay_queue_messages', 'Messages of the work queue by state', ['state']),
    wait: histogram('assay_wait_seconds', 'From submitted to claimed by a worker', WORK_BUCKETS),
    run: histogram('assay_run_seconds', 'From claimed to the end of the attempt', WORK_BUCKETS, ['outcome']),
    running: gauge('assay_running', 'Assessments that this worker works on right now'),
    modelCalls: counter('assay_model_calls_total', 'Calls of the model by outcome', ['outcome']),
    modelSeconds: histogram('assay_model_seconds', 'Time of one call of the model', WORK_BUCKETS, ['outcome']),
    modelFirstText: histogram('assay_model_first_text_seconds', 'To the first text of a streamed answer', WORK_BUCKETS),
    modelTokens: counter('assay_model_tokens_total', 'Tokens as the provider counts them', ['kind']),
    modelPaused: gauge('assay_model_paused', '1 while the provider refuses everybody, by reason', ['reason']),
    messages: counter('assay_messages_total', 'Work messages by what was done with them', ['outcome']),
    dispatched: counter('assay_dispatched_total', 'Dispatches by the reconciler, by outcome', ['outcome']),
    consumerRecreated: counter('assay_consumer_recreated_total', 'Times that a stuck consumer was made anew'),
    database: histogram('assay_database_seconds', 'Time of one statement', DATABASE_BUCKETS, ['operation']),
    push: histogram('assay_push_seconds', 'From the end of an assessment to its push', DATABASE_BUCKETS),
    missedByHint: counter('assay_push_missed_by_hint_total', 'Ends that only the sweep found: the fast path leaks'),
    sockets: gauge('assay_sockets_open', 'Open WebSockets'),
    subscriptions: gauge('assay_subscriptions_open', 'Open subscriptions', ['transport']),
    requests: histogram('assay_http_request_seconds', 'Time of one HTTP request', DATABASE_BUCKETS, [
      'route',
      'status',
    ]),
  };
}
