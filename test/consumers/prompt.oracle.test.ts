import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { replySchema } from '../../src/consumers/reply-schema.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

test.each([
  ['the wellbeing check', wellbeing],
  ['the personality questionnaire', ipip],
])('%s: the schema that the model is given is a JSON Schema', (_, content) => {
  expect(new Ajv2020({ strict: true }).validateSchema(replySchema(content))).toBe(true);
});
