import type { ModelOptions } from '../adapters/model.ts';
import type { Config } from '../config.ts';

/** The first model of the settings, for workers and for the evaluation. */
export const configuredModel = (config: Config): Omit<ModelOptions, 'timeoutMs'> => ({
  ...commonOptions(config),
  apiKey: config.openaiApiKey,
  baseUrl: config.openaiBaseUrl,
  organization: config.openaiOrganization,
  project: config.openaiProject,
  headers: config.openaiHeaders,
  fields: config.modelFields,
  model: config.openaiModel,
  pinned: config.modelPinned,
});

/** The options that all models of the settings have. */
export const commonOptions = (config: Config): Pick<ModelOptions, 'proxy' | 'sendsTraceparent' | 'tokensMax'> => ({
  proxy: config.modelProxy,
  sendsTraceparent: config.modelTraceparent,
  tokensMax: config.modelTokensMax,
});
