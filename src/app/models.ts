import { createHmac } from 'node:crypto';
import { DEMO_MODEL, startDemoModel } from '../adapters/embedded/demo-model.ts';
import { openModel, type ModelOptions } from '../adapters/model.ts';
import type { AskedModel } from '../consumers/job.ts';
import { openLimiter, withoutLimit } from '../consumers/limiter.ts';
import { openLooks, withoutLooks } from '../consumers/look.ts';
import { promptVersionOf } from '../consumers/prompt.ts';
import { watchUsage } from '../consumers/usage.ts';
import { questionnaireError, questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { commonOptions, configuredModel } from './configured-model.ts';
import type { Parts } from './parts.ts';

type SetUp = Omit<ModelOptions, 'timeoutMs'>;

/** The model of the settings, and those that are asked where it is paused. */
export async function openModels(parts: Parts): Promise<{ first: AskedModel; others: AskedModel[] }> {
  const { config } = parts;
  if (config.demoModel) return { first: await openDemoModel(parts), others: [] };
  const first = await openAsked(parts, configuredModel(config));
  const common = commonOptions(config);
  const others = await Promise.all(config.furtherModels.map((further) => openAsked(parts, { ...common, ...further })));
  return { first, others };
}

async function openAsked(parts: Parts, setUp: SetUp): Promise<AskedModel> {
  const { config, database, questionnaires, budgets, metrics, log, lifecycle } = parts;
  const model = openModel({ ...setUp, timeoutMs: config.aiTimeoutMs });
  lifecycle.onClose('model', () => model.close());
  const usage = watchUsage({ model, prices: config.modelPrices, metrics, log });
  const hash = await setupHash(parts, setUp);
  const limiter = openLimiter({ store: database.limits, model, hash, metrics, log });
  const looks = openLooks({
    model,
    setups: database.setups,
    hash,
    contents: questionnaires.list(),
    budgets,
    usage,
    metrics,
    log,
    timeoutMs: config.aiTimeoutMs,
  });
  return { model, looks, limiter, usage };
}

/** @throws StartError */
async function openDemoModel({
  config,
  questionnaires,
  translations,
  metrics,
  log,
  lifecycle,
}: Parts): Promise<AskedModel> {
  checkAdvice(questionnaires.list());
  const questionnaire = async (id: string, language: string | null) => (await translations.byId(id, language))?.content;
  const demo = await startDemoModel({ questionnaire });
  lifecycle.onClose('demo model', () => demo.close());
  const { modelTokensMax: tokensMax, aiTimeoutMs: timeoutMs } = config;
  const model = openModel({ baseUrl: demo.url, model: DEMO_MODEL, tokensMax, timeoutMs });
  lifecycle.onClose('model', () => model.close());
  return {
    model,
    looks: withoutLooks,
    limiter: withoutLimit,
    usage: watchUsage({ model, prices: new Map(), metrics, log }),
  };
}

/** The demo model has nothing else to say. @throws StartError */
function checkAdvice(contents: readonly QuestionnaireContent[]): void {
  const without = contents.filter(({ advice }) => advice === undefined);
  if (without.length > 0)
    throw questionnaireError(without.map(({ slug, version }) => `${slug}.v${version}.json: ${NO_ADVICE}`));
}
const NO_ADVICE =
  'advice: is missing. It is needed only where the demo model is used: add it, or set OPENAI_API_KEY or OPENAI_BASE_URL.';

/** Keyed, since the key of the provider is part of it. Another prompt is another set-up, too. */
async function setupHash({ database, questionnaires }: Parts, setUp: SetUp): Promise<string> {
  const prompts = questionnaires.list().map((content) => [questionnaireId(content), promptVersionOf(content)]);
  const sorted = Object.entries(setUp).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHmac('sha256', await database.secret('model-setups'))
    .update(JSON.stringify([sorted, prompts]))
    .digest('base64url');
}
