import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Submission } from '../../src/adapters/broker.ts';
import type { NewAssessment } from '../../src/adapters/database.ts';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import { createSubmit, type SubmitInput } from '../../src/assessments/submit.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import {
  IdempotencyConflictError,
  InvalidAnswersError,
  RequestError,
  TooManyAssessmentsError,
  UnavailableError,
  UnknownQuestionnaireError,
} from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { storeOf, versionsOf, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { german, translationsOf } from '../support/translations.ts';
import { until } from '../support/wait.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const input: SubmitInput = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers };

const NETWORKS = [
  { key: 'small', share: 1 },
  { key: 'large', share: 4 },
];

/** The use case with a store in memory, and a scripted broker and scripted limits. */
function startHarness() {
  const rows = new Map<string, NewAssessment>();
  const harness = {
    rows,
    published: [] as Submission[],
    publish: async (): Promise<'stored'> => 'stored',
    waitSeconds: undefined as number | undefined,
    isFull: false,
    isDeferred: false,
    counted: 0,
    lookedUp: 0,
    insertFails: undefined as Error | undefined,
    expected: new Set<string>(),
  };
  const questionnaires = createQuestionnaires(
    versionsOf(wellbeing),
    storeOf(() => versionsOf(wellbeing)),
  );
  const submit = createSubmit({
    submitting: {
      async insert(row) {
        expect(harness.expected).toContain(row.id);
        if (harness.insertFails !== undefined) throw harness.insertFails;
        const first = [...rows.values()].find(
          ({ sessionId, idempotencyKey }) => sessionId === row.sessionId && idempotencyKey === row.idempotencyKey,
        );
        if (first !== undefined) return { id: first.id, isNew: false };
        rows.set(row.id, row);
        return { id: row.id, isNew: true, submittedAt: new Date(0), isDeferred: harness.isDeferred };
      },
      async findByKey(sessionId, key) {
        harness.lookedUp++;
        const row = [...rows.values()].find((each) => each.sessionId === sessionId && each.idempotencyKey === key);
        return row && { id: row.id, answersHash: row.answersHash };
      },
    },
    reading: {
      byId: async (id) => (rows.has(id) ? ({ id, status: 'processing' } as AssessmentView) : undefined),
      ofSession: async () => [],
    },
    broker: {
      publishSubmitted: async (submission) => {
        harness.published.push(submission);
        return await harness.publish();
      },
    },
    questionnaires,
    translations: translationsOf(questionnaires, german),
    countSubmission: () => {
      if (harness.waitSeconds !== undefined) throw new TooManyAssessmentsError('session', harness.waitSeconds);
    },
    openMax: { ofNetwork: 10, ofSession: 5 },
    queueDepth: { isFull: () => harness.isFull, countOne: () => void harness.counted++, stop: () => {} },
    expect: (id) => {
      harness.expected.add(id);
      return () => void harness.expected.delete(id);
    },
    metrics: createMetrics(),
    log: createLog('silent', 'api'),
  });
  return Object.assign(harness, {
    submit: (given: Partial<SubmitInput> = {}) =>
      submit({ session, networks: NETWORKS }, { ...input, ...given }, trace),
  });
}

test('a submission is stored and then dispatched, with its own id as the key', async () => {
  const harness = startHarness();
  const view = await harness.submit();
  expect(view).toMatchObject({ sessionId: session.id, status: 'submitted', version: 1, answers: wellbeingAnswers });
  expect(harness.rows.get(view.id)).toMatchObject({ idempotencyKey: view.id, watch: false });
  await until(() => harness.published.length > 0);
  expect(harness.published).toEqual([
    {
      assessmentId: view.id,
      sessionId: session.id,
      dispatchNo: 1,
      traceparent: `00-${trace.traceId}-${trace.spanId}-01`,
    },
  ]);
  expect(harness.counted).toBe(1);
});

test('a deferred submission is accepted, and not dispatched before its turn', async () => {
  const harness = startHarness();
  harness.isDeferred = true;
  expect(await harness.submit()).toMatchObject({ status: 'submitted', version: 1 });
  await new Promise((resume) => setImmediate(resume));
  expect(harness.published).toEqual([]);
  expect(harness.counted).toBe(1);
});

test('a submission belongs to the largest network of its address, whose cap counts for each share', async () => {
  const harness = startHarness();
  const { id } = await harness.submit();
  expect(harness.rows.get(id)).toMatchObject({ network: 'large', openMax: { ofNetwork: 40, ofSession: 5 } });
});

test('an unavailable or silent broker neither delays nor fails a submission', async () => {
  const harness = startHarness();
  harness.publish = () => Promise.withResolvers<'stored'>().promise;
  await harness.submit();
  harness.publish = () => Promise.reject(new UnavailableError('broker', 'not-done'));
  await harness.submit();
  expect(harness.rows.size).toBe(2);
  await until(() => harness.published.length === 2);
});

test('a dispatch without an ack is tried three times, with the same number', async () => {
  const harness = startHarness();
  harness.publish = () => Promise.reject(new UnavailableError('broker', 'unknown'));
  await harness.submit();
  await until(() => harness.published.length === 3);
  await new Promise((resume) => setImmediate(resume));
  expect(harness.published.map(({ dispatchNo }) => dispatchNo)).toEqual([1, 1, 1]);
});

test('a repeat gets the current state of the first assessment, past the limits, and is not dispatched again', async () => {
  const harness = startHarness();
  const first = await harness.submit({ idempotencyKey: 'form-1' });
  await until(() => harness.published.length === 1);
  harness.isFull = true;
  harness.waitSeconds = 9;
  const reversed = Object.fromEntries(Object.entries(wellbeingAnswers).toReversed());
  expect(await harness.submit({ idempotencyKey: 'form-1', answers: reversed })).toEqual({
    id: first.id,
    status: 'processing',
  });
  expect([harness.rows.size, harness.published.length, harness.counted]).toEqual([1, 1, 1]);
});

test.each<[string, Partial<SubmitInput>]>([
  ['other answers', { answers: { ...wellbeingAnswers, mood: 1 } }],
  ['invalid answers', { answers: { mood: 'x' } }],
  ['no answers', { answers: undefined }],
  ['another questionnaire', { questionnaire: 'other' }],
  ['another version', { questionnaireVersion: 1 }],
])('the same key with %s is a conflict', async (_, given) => {
  const harness = startHarness();
  await harness.submit({ idempotencyKey: 'form-1' });
  await expect(harness.submit({ idempotencyKey: 'form-1', ...given })).rejects.toBeInstanceOf(IdempotencyConflictError);
  expect(harness.rows.size).toBe(1);
});

test('an assessment is expected before it is stored, and no longer if it was not stored', async () => {
  const harness = startHarness();
  const [{ id }] = await Promise.all([
    harness.submit({ idempotencyKey: 'form-1' }),
    harness.submit({ idempotencyKey: 'form-1' }),
  ]);
  expect([...harness.expected]).toEqual([id]);
  harness.insertFails = new UnavailableError('database', 'unknown');
  await expect(harness.submit()).rejects.toBeInstanceOf(UnavailableError);
  expect([...harness.expected]).toEqual([id]);
});

test('without a key nothing is looked up', async () => {
  const harness = startHarness();
  await harness.submit();
  expect(harness.lookedUp).toBe(0);
});

test('too many submissions of a session, or a full queue, are refused with a retry time, and leave no row', async () => {
  const harness = startHarness();
  harness.waitSeconds = 9;
  await expect(harness.submit()).rejects.toMatchObject({ name: 'TooManyAssessmentsError', retryAfterSeconds: 9 });
  harness.waitSeconds = undefined;
  harness.isFull = true;
  const error: unknown = await harness.submit().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TooManyAssessmentsError);
  expect((error as TooManyAssessmentsError).retryAfterSeconds).toBeGreaterThan(0);
  expect([harness.rows.size, harness.published.length, harness.counted]).toEqual([0, 0, 0]);
});

test('a refused submission leaves no row and no message', async () => {
  const harness = startHarness();
  await expect(harness.submit({ questionnaire: 'nowhere' })).rejects.toBeInstanceOf(UnknownQuestionnaireError);
  await expect(harness.submit({ questionnaireVersion: 99 })).rejects.toBeInstanceOf(UnknownQuestionnaireError);
  await expect(harness.submit({ answers: {} })).rejects.toBeInstanceOf(InvalidAnswersError);
  for (const answers of [null, [], 'text', 7])
    await expect(harness.submit({ answers })).rejects.toBeInstanceOf(InvalidAnswersError);
  for (const idempotencyKey of ['', ' ', 'a b', 'ü', 'a\0', 'x'.repeat(201)])
    await expect(harness.submit({ idempotencyKey })).rejects.toBeInstanceOf(RequestError);
  expect([harness.rows.size, harness.published.length]).toEqual([0, 0]);
});
