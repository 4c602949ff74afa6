import type { ModelOptions } from '../adapters/model.ts';
import type { Config } from '../config.ts';

/** The provider of the settings, for workers and for the evaluation; undefined: the demo model is asked. */
export function configuredModel(config: Config): Omit<ModelOptions, 'timeoutMs'> | undefined {
  if (config.openaiApiKey === undefined) return undefined;
  return {
    apiKey: config.openaiApiKey,
    baseUrl: config.openaiBaseUrl,
    organization: config.openaiOrganization,
    project: config.openaiProject,
    headers: config.openaiHeaders,
    model: config.openaiModel,
    tokensMax: config.modelTokensMax,
  };
}
