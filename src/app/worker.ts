import { randomUUID } from 'node:crypto';
import { announceSlots } from '../consumers/announce-slots.ts';
import { runReconciler } from '../consumers/reconcile.ts';
import { runConsumer } from '../consumers/run-consumer.ts';
import { openModels } from './models.ts';
import type { Parts } from './parts.ts';

/** Starts the consumer, which pulls work and calls the model, and the reconciler, which dispatches lost work again. */
export async function openWorker(parts: Parts): Promise<void> {
  const { config, log, metrics, database, broker, translations, budgets, turns, lifecycle } = parts;
  const { first, others } = await openModels(parts);
  const reconciler = runReconciler({
    store: database.reconciling,
    untold: database.untold,
    turns,
    broker,
    metrics,
    log,
  });
  lifecycle.onClose('reconciler', () => reconciler.stop());
  const consumer = runConsumer({
    working: database.working,
    untold: database.untold,
    turns,
    broker,
    ...first,
    fallback: { models: others, afterMs: config.modelFallbackAfterMs },
    translations,
    budgets,
    metrics,
    log: log.child({ workerId: randomUUID() }),
    concurrency: config.workerConcurrency,
    leaseMs: config.leaseMs,
    maxAttempts: config.maxAttempts,
  });
  const announced = await announceSlots({ store: database.turns, slots: () => consumer.slots(), log });
  lifecycle.onStop(async () => {
    await Promise.all([announced.stop(), consumer.stop(config.shutdownGraceMs)]);
  });
}
