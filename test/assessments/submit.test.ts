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
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const input: SubmitInput = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers };

/** The use case with a store in memory, and a broker and limits that the test plays. */
function startPlay() {
  const rows = new Map<string, NewAssessment>();
  const play = {
    rows,
    published: [] as Submission[],
    publish: async (): Promise<'stored'> => 'stored',
    waitSeconds: undefined as number | undefined,
    isFull: false,
    counted: 0,
    lookedUp: 0,
    insertFails: undefined as Error | undefined,
    expected: new Set<string>(),
  };
  const submit = createSubmit({
    submitting: {
      async insert(row) {
        expect(play.expected).toContain(row.id);
        if (play.insertFails !== undefined) throw play.insertFails;
        const first = [...rows.values()].find(
          ({ sessionId, idempotencyKey }) => sessionId === row.sessionId && idempotencyKey === row.idempotencyKey,
        );
        if (first !== undefined) return { id: first.id, isNew: false };
        rows.set(row.id, row);
        return { id: row.id, isNew: true, submittedAt: new Date(0) };
      },
      async findByKey(sessionId, key) {
        play.lookedUp++;
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
        play.published.push(submission);
        return await play.publish();
      },
    },
    questionnaires: createQuestionnaires([wellbeing], async () => [wellbeing]),
    countSubmission: () => {
      if (play.waitSeconds !== undefined) throw new TooManyAssessmentsError('session', play.waitSeconds);
    },
    queueDepth: { isFull: () => play.isFull, countOne: () => void play.counted++, stop: () => {} },
    expect: (id) => {
      play.expected.add(id);
      return () => void play.expected.delete(id);
    },
    metrics: createMetrics(),
    log: createLog('silent', 'api'),
  });
  return Object.assign(play, {
    submit: (given: Partial<SubmitInput> = {}) => submit({ session, networks: [] }, { ...input, ...given }, trace),
  });
}

test('a submission is stored and then dispatched, with its own id as the key', async () => {
  const play = startPlay();
  const view = await play.submit();
  expect(view).toMatchObject({ sessionId: session.id, status: 'submitted', version: 1, answers: wellbeingAnswers });
  expect(play.rows.get(view.id)).toMatchObject({ idempotencyKey: view.id, watch: false });
  await until(() => play.published.length > 0);
  expect(play.published).toEqual([
    {
      assessmentId: view.id,
      sessionId: session.id,
      dispatchNo: 1,
      traceparent: `00-${trace.traceId}-${trace.spanId}-01`,
    },
  ]);
  expect(play.counted).toBe(1);
});

test('a broker that is away or silent neither delays nor fails it', async () => {
  const play = startPlay();
  play.publish = () => Promise.withResolvers<'stored'>().promise;
  await play.submit();
  play.publish = () => Promise.reject(new UnavailableError('broker', 'not-done'));
  await play.submit();
  expect(play.rows.size).toBe(2);
  await until(() => play.published.length === 2);
});

test('a dispatch without an answer is tried a few times, with the same number', async () => {
  const play = startPlay();
  play.publish = () => Promise.reject(new UnavailableError('broker', 'unknown'));
  await play.submit();
  await until(() => play.published.length === 3);
  await new Promise((resume) => setImmediate(resume));
  expect(play.published.map(({ dispatchNo }) => dispatchNo)).toEqual([1, 1, 1]);
});

test('a repeat gets the first assessment as it is now, whatever the limits say, and is dispatched no second time', async () => {
  const play = startPlay();
  const first = await play.submit({ idempotencyKey: 'form-1' });
  await until(() => play.published.length === 1);
  play.isFull = true;
  play.waitSeconds = 9;
  const reversed = Object.fromEntries(Object.entries(wellbeingAnswers).toReversed());
  expect(await play.submit({ idempotencyKey: 'form-1', answers: reversed })).toEqual({
    id: first.id,
    status: 'processing',
  });
  expect([play.rows.size, play.published.length, play.counted]).toEqual([1, 1, 1]);
});

test.each<[string, Partial<SubmitInput>]>([
  ['other answers', { answers: { ...wellbeingAnswers, mood: 1 } }],
  ['answers that would not even fit', { answers: { mood: 'x' } }],
  ['no answers', { answers: undefined }],
  ['another questionnaire', { questionnaire: 'other' }],
  ['another version', { questionnaireVersion: 1 }],
])('the same key with %s is a conflict', async (_, given) => {
  const play = startPlay();
  await play.submit({ idempotencyKey: 'form-1' });
  await expect(play.submit({ idempotencyKey: 'form-1', ...given })).rejects.toBeInstanceOf(IdempotencyConflictError);
  expect(play.rows.size).toBe(1);
});

test('what is stored is expected from before it is there, and not if it was not stored after all', async () => {
  const play = startPlay();
  const [{ id }] = await Promise.all([
    play.submit({ idempotencyKey: 'form-1' }),
    play.submit({ idempotencyKey: 'form-1' }),
  ]);
  expect([...play.expected]).toEqual([id]);
  play.insertFails = new UnavailableError('database', 'unknown');
  await expect(play.submit()).rejects.toBeInstanceOf(UnavailableError);
  expect([...play.expected]).toEqual([id]);
});

test('without a key nothing is looked up', async () => {
  const play = startPlay();
  await play.submit();
  expect(play.lookedUp).toBe(0);
});

test('too many in a session, or in all, are refused with a time to come back, and leave nothing', async () => {
  const play = startPlay();
  play.waitSeconds = 9;
  await expect(play.submit()).rejects.toMatchObject({ name: 'TooManyAssessmentsError', retryAfterSeconds: 9 });
  play.waitSeconds = undefined;
  play.isFull = true;
  const error: unknown = await play.submit().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TooManyAssessmentsError);
  expect((error as TooManyAssessmentsError).retryAfterSeconds).toBeGreaterThan(0);
  expect([play.rows.size, play.published.length, play.counted]).toEqual([0, 0, 0]);
});

test('what can not be accepted leaves no row and no message', async () => {
  const play = startPlay();
  await expect(play.submit({ questionnaire: 'nowhere' })).rejects.toBeInstanceOf(UnknownQuestionnaireError);
  await expect(play.submit({ questionnaireVersion: 99 })).rejects.toBeInstanceOf(UnknownQuestionnaireError);
  await expect(play.submit({ answers: {} })).rejects.toBeInstanceOf(InvalidAnswersError);
  for (const answers of [null, [], 'text', 7])
    await expect(play.submit({ answers })).rejects.toBeInstanceOf(InvalidAnswersError);
  for (const idempotencyKey of ['', ' ', 'a b', 'ü', 'a\0', 'x'.repeat(201)])
    await expect(play.submit({ idempotencyKey })).rejects.toBeInstanceOf(RequestError);
  expect([play.rows.size, play.published.length]).toEqual([0, 0]);
});
