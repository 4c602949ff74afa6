import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enter, IllegalTransition, transitions, type Stage } from '../../src/consumers/stage.ts';
import { OwnError } from '../../src/own-error.ts';
import { fits, gate, pass, startWorker } from './worker-harness.ts';
import { notZero } from '../support/metrics.ts';

const stages = Object.keys(transitions) as Stage[];
const pairs = stages.flatMap((from) => stages.map((to) => ({ from, to })));
/** The expected table, written out a second time so that a change of it is noticed here. */
const legal = [
  'arrived claimed',
  'arrived over',
  'claimed asked',
  'claimed saved',
  'claimed over',
  'asked saved',
  'asked over',
  'saved over',
];
const isLegal = ({ from, to }: { from: Stage; to: Stage }): boolean => legal.includes(`${from} ${to}`);

describe('the table of stages', () => {
  test.each(pairs.filter(isLegal))('allows $from → $to', ({ from, to }) => {
    const job = { stage: from };
    enter(job, to);
    expect(job.stage).toBe(to);
  });

  test.each(pairs.filter((pair) => !isLegal(pair)))('refuses $from → $to and leaves the stage', ({ from, to }) => {
    const job = { stage: from };
    expect(() => enter(job, to)).toThrow(IllegalTransition);
    expect(job.stage).toBe(from);
  });

  test('has as many legal transitions as are tested here, and each stage but the last leads to "over"', () => {
    expect(stages.flatMap((from) => transitions[from].map((to) => `${from} ${to}`))).toEqual(legal);
    expect(stages.filter((from) => !transitions[from].includes('over'))).toEqual(['over']);
  });

  test('names both stages in the error, which may be logged', () => {
    const error = new IllegalTransition('saved', 'asked');
    expect(error).toBeInstanceOf(OwnError);
    expect(error.message).toBe('a job can not go from stage "saved" to stage "asked"');
  });
});

describe('a worker that makes an illegal transition', () => {
  const table = { ...transitions };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    Object.assign(transitions, table);
  });

  /** Stands for a mistake that led the job to another stage: from this one only `over` is legal now. */
  const forbid = (from: Stage): void => {
    transitions[from] = ['over'];
  };

  test('before the call does not ask the model, logs an error and gives the message back for after the lease', async () => {
    const worker = startWorker();
    forbid('claimed');
    const delivery = worker.deliver();
    await pass();
    expect(worker.asked).toEqual([]);
    expect([worker.released, worker.finished]).toEqual([[], []]);
    expect([delivery.acks, delivery.delays]).toEqual([['nak'], [15_000]]);
    expect(worker.logs).toContainEqual(
      expect.objectContaining({
        level: 'error',
        err: expect.objectContaining({ type: 'IllegalTransition' }) as unknown,
      }),
    );
    expect(await notZero(worker.metrics.errors)).toMatchObject([
      { value: 1, labels: { part: 'worker', code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect([worker.consumer.running(), worker.slots()]).toEqual([0, 2]);
  });

  test('after the reply has stored its outcome once, and gives the message back so that the end is published', async () => {
    const worker = startWorker();
    forbid('asked');
    const delivery = worker.deliver();
    await pass();
    expect(worker.asked).toHaveLength(1);
    expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
    expect([delivery.acks, delivery.delays]).toEqual([['nak'], [15_000]]);
    expect(worker.logs).toContainEqual(
      expect.objectContaining({
        level: 'error',
        err: expect.objectContaining({ type: 'IllegalTransition' }) as unknown,
      }),
    );
    expect([worker.consumer.running(), worker.slots()]).toEqual([0, 2]);
  });

  test('does not disturb the other jobs of the worker', async () => {
    const worker = startWorker();
    const replying = gate<ReturnType<typeof fits>>();
    worker.script.push(() => replying.promise);
    const other = worker.deliver();
    await pass();
    forbid('claimed');
    worker.deliver();
    await pass();
    replying.open(fits());
    await pass();
    expect(other.acks).toEqual(['ack']);
  });
});
