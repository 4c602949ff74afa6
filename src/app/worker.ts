import { createHmac, randomUUID } from 'node:crypto';
import { startDemoModel } from '../adapters/embedded/demo-model.ts';
import { openModel, type ModelOptions } from '../adapters/model.ts';
import { announceSlots } from '../consumers/announce-slots.ts';
import { openLooks, withoutLooks } from '../consumers/look.ts';
import { promptVersionOf } from '../consumers/prompt.ts';
import { runReconciler } from '../consumers/reconcile.ts';
import { runConsumer } from '../consumers/run-consumer.ts';
import { questionnaireId } from '../entities/questionnaire-content.ts';
import { configuredModel } from './configured-model.ts';
import type { Parts } from './parts.ts';

/** Starts the consumer, which pulls work and calls the model, and the reconciler, which dispatches lost work again. */
export async function openWorker(parts: Parts): Promise<void> {
  const { config, log, metrics, database, broker, questionnaires, budgets, turns, lifecycle } = parts;
  const options = await modelProvider(parts);
  const model = openModel({ ...options, timeoutMs: config.aiTimeoutMs });
  lifecycle.onClose('model', () => model.close());
  const looks = config.demoModel
    ? withoutLooks
    : openLooks({
        model,
        setups: database.setups,
        hash: await setupHash(parts, options),
        contents: questionnaires.list(),
        budgets,
        metrics,
        log,
        timeoutMs: config.aiTimeoutMs,
      });
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
    looks,
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

/** Keyed, since the key of the provider is part of it. Another prompt is another set-up, too. */
async function setupHash(
  { database, questionnaires }: Parts,
  options: Omit<ModelOptions, 'timeoutMs'>,
): Promise<string> {
  const prompts = questionnaires.list().map((content) => [questionnaireId(content), promptVersionOf(content)]);
  const setup = JSON.stringify([Object.entries(options).toSorted(([one], [other]) => (one < other ? -1 : 1)), prompts]);
  return createHmac('sha256', await database.secret('model-setups'))
    .update(setup)
    .digest('base64url');
}

async function modelProvider({ config, questionnaires, lifecycle }: Parts) {
  const configured = configuredModel(config);
  if (configured !== undefined) return configured;
  const known = new Map(questionnaires.list().map((content) => [questionnaireId(content), content]));
  const demo = await startDemoModel({ questionnaire: (id) => known.get(id) });
  lifecycle.onClose('demo model', () => demo.close());
  return { apiKey: 'demo', baseUrl: demo.url, model: 'assay-demo', tokensMax: config.modelTokensMax };
}
