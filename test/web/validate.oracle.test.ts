import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPages, type Answer } from '../../web/src/form/fields.ts';
import { answersToSend, findProblems } from '../../web/src/form/validate.ts';
import { pagesOf } from '../../src/entities/item.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

const fields = readPages({ ...wellbeing, pages: pagesOf(wellbeing) }).flatMap((page) => page.fields);

test('the page accepts the same answers to the wellbeing check as its JSON Schema', () => {
  const accepts = new Ajv2020({ strict: false }).compile(wellbeing.schema);
  const broken = fc.oneof(
    fc.constantFrom<Answer>('', '  ', 'shifts', 'x', 'y'.repeat(2000), '😀'.repeat(2000), 'y'.repeat(2001)),
    fc.integer({ min: -2, max: 16 }),
    fc.uniqueArray(fc.constantFrom('sleep', 'energy', 'stress', 'mood', 'other')),
  );
  const names = fields.map(({ name }) => name);
  const changed = fc.dictionary(fc.constantFrom(...names), broken, { maxKeys: 2 });
  fc.assert(
    fc.property(changed, fc.subarray(names, { maxLength: 2 }), (changes, removed) => {
      const answers = Object.fromEntries(
        Object.entries({ ...wellbeingAnswers, ...changes }).filter(([name]) => !removed.includes(name)),
      );
      const isFine = Object.keys(findProblems(fields, answers)).length === 0;
      expect(isFine).toBe(accepts(answersToSend(fields, answers)));
    }),
    { numRuns: 1000 },
  );
});
