import { randomUUID } from 'node:crypto';
import { startDemoModel } from '../adapters/embedded/demo-model.ts';
import { openModel } from '../adapters/model.ts';
import { announceSlots } from '../consumers/announce-slots.ts';
import { runReconciler } from '../consumers/reconcile.ts';
import { runConsumer } from '../consumers/run-consumer.ts';
import { questionnaireId } from '../entities/questionnaire-content.ts';
import type { Parts } from './parts.ts';

/** Starts the consumer, which pulls work and calls the model, and the reconciler, which dispatches lost work again. */
export async function openWorker(parts: Parts): Promise<void> {
  const { config, log, metrics, database, broker, questionnaires, budgets, turns, lifecycle } = parts;
  const model = openModel({ ...(await modelProvider(parts)), timeoutMs: config.aiTimeoutMs });
  lifecycle.onClose('model', () => model.close());
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
    model,
    questionnaires,
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

async function modelProvider({ config, questionnaires, lifecycle }: Parts) {
  if (config.openaiApiKey !== undefined)
    return {
      apiKey: config.openaiApiKey,
      baseUrl: config.openaiBaseUrl,
      organization: config.openaiOrganization,
      project: config.openaiProject,
      headers: config.openaiHeaders,
      model: config.openaiModel,
    };
  const known = new Map(questionnaires.list().map((content) => [questionnaireId(content), content]));
  const demo = await startDemoModel({ questionnaire: (id) => known.get(id) });
  lifecycle.onClose('demo model', () => demo.close());
  return { apiKey: 'demo', baseUrl: demo.url, model: 'assay-demo' };
}
