import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersCheck } from '../../src/assessments/answers.ts';
import { answersSchema } from '../../src/entities/answers-schema.ts';
import { shownAnswers } from '../../src/entities/item.ts';
import { drawnAnswers, drawnQuestionnaire } from '../support/drawn-questionnaire.ts';
import { ipip, ipipAnswers, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** A client's validator as strict as it gets: an unknown keyword is an error. */
const ajv = ajvFormats.default(new Ajv2020({ strict: true }));
const strictly = (schema: object) => ajv.compile(schema);

test('a strict validator accepts the served schema, and the answers that fit it', () => {
  expect(strictly(answersSchema(wellbeing))(wellbeingAnswers)).toBe(true);
  expect(strictly(answersSchema(ipip))(ipipAnswers((index) => (index % 5) + 1))).toBe(true);
});

test('no keyword for authors is served', () => {
  fc.assert(
    fc.property(drawnQuestionnaire(), (content) => {
      expect(JSON.stringify(answersSchema(content))).not.toContain('"x-');
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

test('for drawn questionnaires and answers, the served schema and the check of the server agree', () => {
  const counts = { accepted: 0, refused: 0 };
  const drawn = drawnQuestionnaire().chain((content) =>
    fc.tuple(fc.constant(content), fc.array(drawnAnswers(content), { minLength: 5, maxLength: 5 })),
  );
  fc.assert(
    fc.property(drawn, ([content, sheets]) => {
      const fits = strictly(answersSchema(content));
      const check = answersCheck(content);
      for (const sheet of [{}, ...sheets]) {
        // Only the schema checks answers to hidden questions.
        const answers = shownAnswers(content, sheet);
        const rules = check(answers).map(({ rule }) => rule);
        if (rules.includes('x-not-future') || (rules.includes('required') && asksDates(content))) continue;
        counts[rules.length === 0 ? 'accepted' : 'refused'] += 1;
        expect([fits(answers), rules, answers]).toEqual([rules.length === 0, rules, answers]);
      }
    }),
    { numRuns: 150, endOnFailure: true },
  );
  expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(10);
});

test('a sheet with answers to hidden questions is never accepted by the schema alone', () => {
  const drawn = drawnQuestionnaire({ dates: false }).chain((content) =>
    fc.tuple(fc.constant(content), drawnAnswers(content)),
  );
  fc.assert(
    fc.property(drawn, ([content, answers]) => {
      const isAccepted = answersCheck(content)(answers).length === 0;
      expect(isAccepted || !strictly(answersSchema(content))(answers)).toBe(true);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

/** Whether a condition compares a date: questions that it requires are required by the server alone. */
const asksDates = ({ schema, pages }: Parameters<typeof answersSchema>[0]): boolean =>
  /"(above|below)":"/.test(JSON.stringify([schema.properties, pages]));
