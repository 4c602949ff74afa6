import './interpreted-schemas.ts';
import { z } from 'zod';
import { readText } from './files.ts';
import { jsonFile } from './json-file.ts';
import {
  baseUrl,
  bodyFields,
  definedIn,
  headerLines,
  headerValue,
  modelName,
  RESPONSE_FORMATS,
  TOKENS_PARAMETERS,
} from './model-settings.ts';

/** Each has a look of its own at the start. */
const MODELS_MAX = 10;

const keyFile = z
  .string('is not a path')
  .transform((path, context): string => {
    const found = readText(path);
    if ('text' in found) return found.text;
    context.addIssue(`names a file that ${found.problem}`);
    return z.NEVER;
  })
  .pipe(headerValue);

const model = z
  .strictObject(
    {
      model: modelName,
      baseUrl: baseUrl.optional(),
      keyFile: keyFile.optional(),
      headers: z
        .array(z.string())
        .transform((lines) => lines.join('\n'))
        .pipe(headerLines)
        .optional(),
      body: z
        .unknown()
        .transform((body) => JSON.stringify(body))
        .pipe(bodyFields)
        .optional(),
      tokensParameter: z.enum(TOKENS_PARAMETERS, `must be ${TOKENS_PARAMETERS.join(' or ')}`).optional(),
      responseFormat: z.enum(RESPONSE_FORMATS, `must be one of ${RESPONSE_FORMATS.join(', ')}`).optional(),
      streams: z.boolean('must be true or false').optional(),
    },
    'is not an object with model, baseUrl, keyFile, headers, body, tokensParameter, responseFormat and streams',
  )
  .refine((one) => (one.baseUrl ?? one.keyFile) !== undefined, 'has neither baseUrl nor keyFile')
  .transform((one) => ({
    model: one.model,
    apiKey: one.keyFile,
    baseUrl: one.baseUrl,
    headers: one.headers,
    fields: one.body ?? {},
    pinned: definedIn({ tokensParameter: one.tokensParameter, format: one.responseFormat, streams: one.streams }),
  }));

/** The models to ask where the first one is paused, in their order. Their keys are in files of their own. */
export const furtherModels = jsonFile(
  z
    .array(model, 'is not a list of models')
    .refine((models) => models.length <= MODELS_MAX, `has more than ${MODELS_MAX} models`),
);
