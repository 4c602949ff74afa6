import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inOrder, sharedPauses } from '../../src/consumers/models-in-order.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { notZero } from '../support/metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const AFTER_MS = 60_000;

function startModels(count: number, afterMs = AFTER_MS) {
  const pausedMs = Array.from({ length: count }, () => 0);
  const logs: Record<string, unknown>[] = [];
  const metrics = createMetrics();
  const log = createLog('info', 'worker', { write: (line) => void logs.push(JSON.parse(line)) });
  const [first, ...others] = pausedMs.map((_, index) => ({
    model: { model: `m${index}`, host: 'model.example' },
    provider: { pausedMs: () => pausedMs[index] ?? 0 },
  }));
  if (first === undefined) throw new Error('no model');
  let changes = 0;
  const models = inOrder([first, ...others], { afterMs, metrics, log, onChange: () => void changes++ });
  return {
    pausedMs,
    logs,
    metrics,
    models,
    next: () => models.next().model.model,
    changes: () => changes,
  };
}

test('the first model is asked, and is waited for while it is paused', () => {
  const { pausedMs, next, changes } = startModels(2);
  expect(next()).toBe('m0');
  pausedMs[0] = 2_000;
  expect(next()).toBe('m0');
  vi.advanceTimersByTime(AFTER_MS - 1);
  expect(next()).toBe('m0');
  expect(changes()).toBe(0);
});

test('the next one is asked where it is paused for longer, until the pause is over', async () => {
  const { pausedMs, next, changes, logs, metrics } = startModels(2);
  pausedMs[0] = 2_000;
  next();
  vi.advanceTimersByTime(AFTER_MS);
  expect(changes()).toBe(1);
  expect(next()).toBe('m1');
  expect(await notZero(metrics.modelAsked)).toMatchObject([{ labels: { model: 'm1' } }]);
  pausedMs[0] = 0;
  expect(next()).toBe('m0');
  expect(next()).toBe('m0');
  expect(logs).toMatchObject([
    { before: 'm0', model: 'm1' },
    { before: 'm1', model: 'm0' },
  ]);
  expect(await notZero(metrics.modelAsked)).toMatchObject([{ labels: { model: 'm0' } }]);
});

test('each pause has the whole time', () => {
  const { pausedMs, next } = startModels(2);
  pausedMs[0] = 2_000;
  next();
  vi.advanceTimersByTime(AFTER_MS - 1);
  pausedMs[0] = 0;
  next();
  pausedMs[0] = 2_000;
  next();
  vi.advanceTimersByTime(AFTER_MS - 1);
  expect(next()).toBe('m0');
});

test('a pause that is known to be longer is not waited for', () => {
  const { pausedMs, next } = startModels(2);
  pausedMs[0] = AFTER_MS + 1;
  expect(next()).toBe('m1');
});

test('a model in between is waited for in the same way, and the first one where all are paused', () => {
  const { pausedMs, next, changes } = startModels(3);
  pausedMs[0] = AFTER_MS + 1;
  pausedMs[1] = 2_000;
  expect(next()).toBe('m1');
  vi.advanceTimersByTime(AFTER_MS);
  expect(changes()).toBe(1);
  expect(next()).toBe('m2');
  pausedMs[2] = AFTER_MS + 1;
  expect(next()).toBe('m0');
  pausedMs[1] = 0;
  expect(next()).toBe('m1');
});

test('nothing is waited for after the stop', () => {
  const { pausedMs, next, models, changes } = startModels(2);
  pausedMs[0] = 2_000;
  next();
  models.stop();
  vi.advanceTimersByTime(2 * AFTER_MS);
  expect(changes()).toBe(0);
});

test('the gauge of pauses is 1 while any of the models is paused', async () => {
  const { modelPaused } = createMetrics();
  const pauses = sharedPauses(modelPaused);
  const [one, other] = [pauses(), pauses()];
  const reasons = async () => (await notZero(modelPaused)).map(({ labels }) => labels.reason);
  one.set({ reason: 'outage' }, 1);
  other.set({ reason: 'outage' }, 1);
  other.set({ reason: 'quota' }, 1);
  one.set({ reason: 'outage' }, 0);
  expect(await reasons()).toEqual(['quota', 'outage']);
  other.set({ reason: 'outage' }, 0);
  expect(await reasons()).toEqual(['quota']);
});
