import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parseReply } from '../../src/consumers/reply.ts';
import { reducedReplySchema, replySchema } from '../../src/consumers/reply-schema.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

test.each([
  ['the wellbeing check', wellbeing],
  ['the personality questionnaire', ipip],
])('%s: the schema that the model is given is a JSON Schema', (_, content) => {
  for (const schema of [replySchema(content), reducedReplySchema(content)])
    expect(new Ajv2020({ strict: true }).validateSchema(schema)).toBe(true);
});

test('what fits the reduced schema and the limits of lists is a reply', () => {
  const fits = new Ajv2020({ strict: true }).compile(reducedReplySchema(wellbeing));
  for (const { id } of [...wellbeing.scoring.areas, { id: 'NONE' }]) {
    const item = { title: 'a', rationale: 'b', action: 'c', area: id, priority: 'LOW' };
    const value = { summary: 's', recommendations: [item] };
    expect(fits(value)).toBe(true);
    expect(parseReply(wellbeing, JSON.stringify(value))).toMatchObject({ ok: true });
  }
});
