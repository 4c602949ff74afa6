import type { Model, ModelReply } from '../adapters/model.ts';
import type { ModelPrice } from '../config.ts';
import type { Log } from '../log.ts';
import type { CallOutcome, Metrics } from '../metrics.ts';
import { genAiProvider } from './gen-ai-provider.ts';

/** Counts as the provider reports them; null where it does not. */
export type Used = Pick<ModelReply, 'promptTokens' | 'completionTokens'> &
  Partial<Pick<ModelReply, 'model' | 'cachedTokens' | 'reasoningTokens'>>;

type Ended = { outcome: CallOutcome; seconds: number; model: string | undefined; promptVersion: string };

/** Tokens, cost and time of the calls of one model, as metrics. */
export type Usage = {
  count(used: Used, promptVersion: string): void;
  observe(call: Ended): void;
};

type UsageDeps = {
  model: Pick<Model, 'model' | 'host'>;
  prices: ReadonlyMap<string, ModelPrice>;
  metrics: Metrics;
  log: Log;
};

/** Names of models that a provider may put into metrics; further ones are `other`. */
const MODELS_MAX = 20;
const PRICE_TOKENS = 1_000_000;

export function watchUsage({ model: { model: asked, host }, prices, metrics, log }: UsageDeps): Usage {
  const nameOf = bounded(MODELS_MAX);
  let isTold = false;
  const labelsOf = (model: string | undefined, promptVersion: string) => ({
    gen_ai_operation_name: 'chat',
    gen_ai_provider_name: genAiProvider(host),
    gen_ai_request_model: asked,
    ...(model === undefined ? {} : { gen_ai_response_model: model === asked ? asked : nameOf(model) }),
    assay_prompt_version: promptVersion,
  });
  const charge = (used: Used): void => {
    if (prices.size === 0) return;
    const cost = costOf(used, asked, prices);
    if (cost !== undefined) return metrics.modelCost.inc({ model: cost.model, currency: cost.currency }, cost.amount);
    if (!isTold) log.warn({ model: asked }, UNPRICED);
    isTold = true;
  };
  return {
    count(used, promptVersion) {
      const { model, promptTokens, completionTokens, cachedTokens, reasoningTokens } = used;
      metrics.modelTokens.inc({ kind: 'prompt' }, promptTokens ?? 0);
      metrics.modelTokens.inc({ kind: 'completion' }, completionTokens ?? 0);
      metrics.modelTokens.inc({ kind: 'cached_prompt' }, cachedTokens ?? 0);
      metrics.modelTokens.inc({ kind: 'reasoning' }, reasoningTokens ?? 0);
      const labels = labelsOf(model, promptVersion);
      if (promptTokens !== null) metrics.genAiTokens.observe({ ...labels, gen_ai_token_type: 'input' }, promptTokens);
      if (completionTokens !== null)
        metrics.genAiTokens.observe({ ...labels, gen_ai_token_type: 'output' }, completionTokens);
      charge(used);
    },
    observe({ outcome, seconds, model, promptVersion }) {
      const failed = outcome === 'answered' || outcome === 'cut_off' ? {} : { error_type: outcome };
      metrics.genAiSeconds.observe({ ...labelsOf(model, promptVersion), ...failed }, seconds);
    },
  };
}

/** The cost of a call by the price of the model that has replied, or else of the one that was asked; undefined without one. */
export function costOf(
  { model = '', promptTokens, completionTokens, cachedTokens }: Used,
  asked: string,
  prices: ReadonlyMap<string, ModelPrice>,
): { model: string; currency: string; amount: number } | undefined {
  const priced = prices.has(model) ? model : asked;
  const price = prices.get(priced);
  if (price === undefined) return undefined;
  const prompt = promptTokens ?? 0;
  const cached = Math.min(cachedTokens ?? 0, prompt);
  const millionfold =
    (prompt - cached) * price.prompt + cached * price.cachedPrompt + (completionTokens ?? 0) * price.completion;
  return { model: priced, currency: price.currency, amount: millionfold / PRICE_TOKENS };
}

const UNPRICED =
  'MODEL_PRICES_FILE has no price of the model, so that its calls are not in assay_model_cost_total. Add the model there';

const NAME = /^[\w.:/@+-]{1,100}$/;

/** Keeps so many names, which come from outside. */
function bounded(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most || !NAME.test(name)) return 'other';
    known.add(name);
    return name;
  };
}
