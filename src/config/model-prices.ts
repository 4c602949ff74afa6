import './interpreted-schemas.ts';
import { z } from 'zod';
import { jsonFile } from './json-file.ts';

/** For a million tokens each. */
export type ModelPrice = { currency: string; prompt: number; cachedPrompt: number; completion: number };

const AMOUNT = 'is not a number from 0 to 1000000';
const amount = z.number(AMOUNT).min(0, AMOUNT).max(1_000_000, AMOUNT);
const FORM =
  'is not an object with currency, promptPerMillion, completionPerMillion and perhaps cachedPromptPerMillion';
const CURRENCY = 'is not a currency in three capital letters';

/** Each model is a label of a metric. */
const MODELS_MAX = 200;

const prices = z
  .record(
    z.string(),
    z.strictObject(
      {
        currency: z.string(CURRENCY).regex(/^[A-Z]{3}$/, CURRENCY),
        promptPerMillion: amount,
        cachedPromptPerMillion: amount.optional(),
        completionPerMillion: amount,
      },
      FORM,
    ),
    'is not an object with a member for each model',
  )
  .refine((models) => Object.keys(models).length <= MODELS_MAX, `has more than ${MODELS_MAX} models`);

/** The prices by model in a JSON file; the setting is its path. */
export const pricesFile = jsonFile(prices).transform(
  (models): ReadonlyMap<string, ModelPrice> =>
    new Map(
      Object.entries(models).map(([model, price]) => [
        model,
        {
          currency: price.currency,
          prompt: price.promptPerMillion,
          cachedPrompt: price.cachedPromptPerMillion ?? price.promptPerMillion,
          completion: price.completionPerMillion,
        },
      ]),
    ),
);
