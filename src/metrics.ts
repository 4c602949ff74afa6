import { errorCodes, failureCodes, type ErrorCode } from './errors.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds, from a fast statement to a slow one. */
const DATABASE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Seconds, up to a slow call of the model. */
const WORK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600];

/** As OpenTelemetry's conventions for generative AI say: seconds, and tokens. */
const GEN_AI_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const GEN_AI_TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const GEN_AI_LABELS = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
  'assay_prompt_version',
] as const;

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
export function sqlStateClass(sqlState: string | undefined): (typeof SQLSTATE_CLASSES)[number] {
  if (sqlState === undefined) return 'none';
  return SQLSTATE_CLASSES.find((one) => one === sqlState.slice(0, 2)) ?? 'other';
}

const ended = ['completed', 'failed', 'cancelled'] as const;
/** The outcomes of calls of the model; a call that failed has its kind of failure. */
const CALLS = [
  'answered',
  'cut_off',
  'aborted',
  'ai_invalid_output',
  'ai_refused',
  'ai_rejected',
  'rate_limit',
  'quota',
  'configuration',
  'server_error',
  'time_out',
  'connection',
  'unsent',
  'error',
] as const;
export type CallOutcome = (typeof CALLS)[number];
const PAUSES = ['rate-limit', 'quota', 'configuration', 'outage', 'unfit', 'budget'] as const;
const MESSAGES = [
  'claimed',
  'ended',
  'later',
  'deferred',
  'unknown',
  'foreign',
  'newer_version',
  'running_here',
  'no_slot',
  'database_unavailable',
] as const;
export type MessageOutcome = (typeof MESSAGES)[number];
/** Classes of errors that a submission or a cancellation is refused with; others count as `unknown`. */
const REFUSED = [
  'InvalidAnswersError',
  'UnknownQuestionnaireError',
  'QuestionnaireWithdrawnError',
  'IdempotencyConflictError',
  'TooManyAssessmentsError',
  'NotFoundError',
  'NotCancellableError',
  'RequestError',
  'UnavailableError',
  'unknown',
] as const;
const REQUESTED = ['accepted', 'repeated', ...REFUSED] as const;

/** The outcome of a submission or a cancellation that was refused. */
export const refusedAs = (error: unknown): (typeof REFUSED)[number] =>
  REFUSED.find((name) => error instanceof Error && error.name === name) ?? 'unknown';

/** Whose fault an error is: an alarm must not ring for mistakes of callers, which anybody can make. */
const faultOf = (code: ErrorCode): 'caller' | 'service' =>
  code === 'INTERNAL_SERVER_ERROR' || code === 'SERVICE_UNAVAILABLE' ? 'service' : 'caller';
const shownBy = (part: 'graphql' | 'http') => errorCodes.map((code) => ({ part, code, fault: faultOf(code) }));
const ofPart = <Part extends string, Code extends string>(part: Part, ...codes: Code[]) =>
  codes.map((code) => ({ part, code, fault: 'service' as const }));
/** Every combination of the labels of `assay_errors_total`. */
const ERRORS = [
  ...shownBy('graphql'),
  ...shownBy('http'),
  ...ofPart('broker', 'SERVICE_UNAVAILABLE'),
  ...ofPart('dispatch', 'SERVICE_UNAVAILABLE'),
  ...ofPart('tell', 'SERVICE_UNAVAILABLE'),
  ...ofPart('cancel', 'SERVICE_UNAVAILABLE'),
  ...ofPart('model', 'retry_later', 'unexpected'),
  ...ofPart('worker', 'INTERNAL_SERVER_ERROR'),
];
/** The fault follows from the code. */
type CountedError = Omit<(typeof ERRORS)[number], 'fault'>;

/** Every combination of the values. */
function combined<Values extends Record<string, readonly string[]>>(values: Values) {
  type Labels = { [Label in keyof Values]: Values[Label][number] };
  return Object.entries(values).reduce<Partial<Labels>[]>(
    (series, [label, each]) => series.flatMap((labels) => each.map((value) => ({ ...labels, [label]: value }))),
    [{}],
  ) as Labels[];
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Sampling interval of the event loop's delay. Each sample wakes the process, even an idle one. */
const LOOP_SAMPLED_MS = 100;

/** Gauges of Node under names that only a counter may have; `nodejs_active_resources` and its like have the same by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** A model with a price. */
type Priced = { model: string; currency: string };

/**
 * The metrics of a process. The table in docs/REFERENCE.md has the same names.
 * @param priced without any there is no metric of cost
 */
export function createMetrics(priced: readonly Priced[] = []) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_SAMPLED_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  /**
   * A counter with a series for each of these labels, at 0 from the start: `increase()` does not see the first event of a series
   * that is born with it.
   */
  const counters = <Labels extends Record<string, string>>(name: string, help: string, series: readonly Labels[]) => {
    const made = new Counter({ name, help, labelNames: Object.keys(series[0] ?? {}), registers });
    for (const labels of series) made.inc(labels, 0);
    return { inc: (labels: Labels, count = 1): void => made.inc(labels, count), get: () => made.get() };
  };
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers });
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram<Label>({ name, help, buckets, labelNames, registers });

  const errors = counters(
    'assay_errors_total',
    "Errors by the part of the program that met them, by code, and by whose fault they are: the caller's or the service's",
    ERRORS,
  );
  const modelPaused = gauge('assay_model_paused', '1 while this worker sends the provider no calls, by reason', [
    'reason',
  ]);
  for (const reason of PAUSES) modelPaused.set({ reason }, 0);
  const run = histogram('assay_run_seconds', 'Seconds from the claim to the end of the attempt', WORK_BUCKETS, [
    'outcome',
  ]);
  for (const outcome of [...ended, 'retry', 'lost', 'handed_back']) run.zero({ outcome });

  return {
    registry,
    submitted: counters('assay_submitted_total', 'Submissions by outcome', combined({ outcome: REQUESTED })),
    cancelled: counters('assay_cancelled_total', 'Cancellations by outcome', combined({ outcome: REQUESTED })),
    ended: counters('assay_ended_total', 'Ends of assessments by status, and of failed ones by failure code', [
      ...combined({ status: ended, code: ['none'] as const }).filter(({ status }) => status !== 'failed'),
      ...combined({ status: ['failed'] as const, code: failureCodes }),
    ]),
    errors: {
      get: () => errors.get(),
      inc: ({ part, code }: CountedError, count = 1): void => {
        const labels = ERRORS.find((one) => one.part === part && one.code === code);
        if (labels !== undefined) errors.inc(labels, count);
      },
    },
    queueWaiting: gauge('assay_queue_waiting', 'Assessments that wait for a worker, counted in the database'),
    queueDeferred: gauge(
      'assay_queue_deferred',
      'Waiting assessments without a work message yet, because their network has its share of them',
    ),
    queueOldest: gauge('assay_queue_oldest_seconds', 'Seconds that the oldest waiting assessment has waited'),
    queueMessages: gauge('assay_queue_messages', 'Messages of the work queue by state', ['state']),
    wait: histogram('assay_wait_seconds', 'Seconds from submission to the claim by a worker', WORK_BUCKETS),
    run,
    running: gauge('assay_running', 'Assessments in work in this process'),
    modelCalls: counters('assay_model_calls_total', 'Calls of the model by outcome', combined({ outcome: CALLS })),
    modelUnusable: counters(
      'assay_model_unusable_total',
      'Replies of the model that did not fit, by whether it was the first one or its repair',
      combined({ reply: ['first', 'repair'] as const }),
    ),
    modelSeconds: histogram('assay_model_seconds', 'Seconds of one call of the model', WORK_BUCKETS, ['outcome']),
    modelFirstText: histogram(
      'assay_model_first_text_seconds',
      'Seconds to the first text of a streamed reply',
      WORK_BUCKETS,
    ),
    modelTokens: counters(
      'assay_model_tokens_total',
      'Tokens counted by the provider, by kind',
      combined({ kind: ['prompt', 'completion', 'cached_prompt', 'reasoning'] as const }),
    ),
    modelCost:
      priced.length === 0
        ? { inc: (_labels: Priced, _count: number): void => {} }
        : counters('assay_model_cost_total', 'Cost of the tokens that the provider counted, by model', priced),
    genAiSeconds: histogram('gen_ai_client_operation_duration_seconds', 'GenAI operation duration', GEN_AI_SECONDS, [
      ...GEN_AI_LABELS,
      'error_type',
    ]),
    genAiTokens: histogram('gen_ai_client_token_usage', 'Number of input and output tokens used', GEN_AI_TOKENS, [
      ...GEN_AI_LABELS,
      'gen_ai_token_type',
    ]),
    modelPaused,
    modelAsked: gauge(
      'assay_model_asked',
      '1 for the model that is asked, 0 for those that may be asked in its place',
      ['model', 'host'],
    ),
    modelLimit: gauge(
      'assay_model_limit_per_minute',
      'Calls a minute of a model that all workers together begin, as learned from refusals; 0 while no limit is known',
      ['model', 'host'],
    ),
    modelLooks: counters(
      'assay_model_looks_total',
      'Made-up assessments that were asked of the model to learn whether and how it replies, by outcome',
      combined({ outcome: ['answered', 'refused', 'failed'] as const }),
    ),
    budgetLeft: gauge('assay_budget_left', 'What is left of a budget of the UTC day, by budget', ['budget']),
    messages: counters('assay_messages_total', 'Work messages by outcome', combined({ outcome: MESSAGES })),
    dispatched: counters(
      'assay_dispatched_total',
      'Dispatches by the reconciler, by outcome',
      combined({ outcome: ['stored', 'present'] as const }),
    ),
    consumerRecreated: counter('assay_consumer_recreated_total', 'Stuck JetStream consumers that were created anew'),
    databaseErrors: counters(
      'assay_database_errors_total',
      'Failed tries of statements, by kind and class of SQLSTATE',
      combined({ kind: ['read', 'write'] as const, class: SQLSTATE_CLASSES }),
    ),
    up: gauge('assay_up', '1 if the part is ok, by part', ['part']),
    streamUp: gauge('assay_stream_up', '1 if the stream of the broker can be used, by stream; none: not known', [
      'stream',
    ]),
    database: histogram('assay_database_seconds', 'Seconds of one statement', DATABASE_BUCKETS, ['operation']),
    push: histogram('assay_push_seconds', 'Seconds from the end of an assessment to its push', DATABASE_BUCKETS),
    missedByHint: counter(
      'assay_push_missed_by_hint_total',
      'Ends delivered by the sweep because the hint of the broker was missed',
    ),
    sockets: gauge('assay_sockets_open', 'Open WebSockets'),
    subscriptions: gauge('assay_subscriptions_open', 'Open subscriptions', ['transport']),
    heldBytes: gauge('assay_held_bytes', 'Bytes that connections hold beyond 16 KB each: 12 MiB at most'),
    requests: histogram('assay_http_request_seconds', 'Seconds of one HTTP request', DATABASE_BUCKETS, [
      'route',
      'status',
    ]),
  };
}
