import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formProblems } from '../../src/consumers/reply-form.ts';
import { checkedReplySchemas } from '../../src/consumers/reply-schema.ts';
import { wellbeing } from '../support/questionnaires.ts';

const text = (max: number) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.constantFrom('x'.repeat(max), '😀'.repeat(max + 1)) },
  );
const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, [], {}, 1.5, true));
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 20, arbitrary: right }, { weight: 1, arbitrary: junk });
/** With a member too few or too many now and then. */
const nearly = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.record(members) },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.record({ ...members, other: junk }) },
  );
const recommendation = nearly({
  title: mostly(text(200)),
  rationale: mostly(text(1_500)),
  action: mostly(text(1_500)),
  area: mostly(fc.constantFrom('sleep', 'mood', null)),
  priority: mostly(fc.constantFrom('HIGH', 'MEDIUM', 'LOW')),
});
const reply = nearly({
  summary: mostly(text(2_000)),
  recommendations: mostly(fc.array(mostly(recommendation), { maxLength: 11 })),
});

test('a reply fits the schema exactly if ajv says so', () => {
  const { whole, each } = checkedReplySchemas(wellbeing);
  const recommendations = { ...whole.properties.recommendations, items: each };
  const ajv = new Ajv2020({ allowUnionTypes: true });
  const fits = ajv.compile({ ...whole, properties: { ...whole.properties, recommendations } });
  fc.assert(
    fc.property(mostly(reply), (drawn) => {
      const value: unknown = JSON.parse(JSON.stringify(drawn));
      expect(formProblems(wellbeing)(value).length === 0).toBe(fits(value));
    }),
    { numRuns: 3_000 },
  );
});
