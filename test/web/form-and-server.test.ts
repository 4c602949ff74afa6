import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersCheck } from '../../src/assessments/answers.ts';
import { shownAnswers } from '../../src/entities/item.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { isAnswers, type Answers } from '../../web/src/form/answers.ts';
import { answersToSend, findProblems } from '../../web/src/form/check.ts';
import { shownPages, shownQuestions, type Questionnaire } from '../../web/src/form/questionnaire.ts';
import { drawnAnswers, drawnQuestionnaire } from '../support/drawn-questionnaire.ts';
import { wellbeing } from '../support/questionnaires.ts';
import { shownForm } from '../support/shown-form.ts';

type Drawn = { content: QuestionnaireContent; form: Questionnaire; sheets: Answers[] };

/** Questionnaires with sheets of answers as the controls of the page can hold them. */
const drawn: fc.Arbitrary<Drawn> = drawnQuestionnaire().chain((content) =>
  fc.array(drawnAnswers(content), { minLength: 5, maxLength: 5 }).map((sheets) => ({
    content,
    form: shownForm(content),
    sheets: [{}, ...sheets].map(heldByControls).filter(isAnswers),
  })),
);

const heldByControls = (sheet: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(sheet).filter(([, answer]) => isAnswers({ answer })));

const problemsOf = ({ pages }: Questionnaire, answers: Answers) =>
  findProblems(shownQuestions(shownPages(pages, answers)), answers, '2026-11-30');

test('the page sends the answers that the server keeps, for drawn questionnaires and answers', () => {
  let hidden = 0;
  fc.assert(
    fc.property(drawn, ({ content, form, sheets }) => {
      for (const answers of sheets) {
        const sent = answersToSend(form.pages, answers);
        expect(sent).toEqual(shownAnswers(content, sent));
        if (Object.keys(shownAnswers(content, answers)).length < Object.keys(answers).length) hidden += 1;
      }
    }),
    { numRuns: 100, endOnFailure: true },
  );
  expect(hidden).toBeGreaterThan(20);
});

test('what the page finds right is accepted by the server, and what the server refuses has words at its question', () => {
  const counts = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(drawn, ({ content, form, sheets }) => {
      const check = answersCheck(content, () => new Date('2026-11-30T12:00:00Z'));
      for (const answers of sheets) {
        const problems = problemsOf(form, answers);
        const issues = check(answersToSend(form.pages, answers));
        counts[issues.length === 0 ? 'right' : 'wrong'] += 1;
        const untold = issues.filter(({ path }) => problems[path.slice(1)] === undefined);
        expect(untold.map((issue) => ({ ...issue, answer: answers[issue.path.slice(1)] }))).toEqual([]);
      }
    }),
    { numRuns: 150, endOnFailure: true },
  );
  expect(Math.min(counts.right, counts.wrong)).toBeGreaterThan(20);
});

/** Answers that break no rule, found by the server's own check. */
test('the page refuses no answer that a control makes and the server accepts, but for the rules of its controls', () => {
  let accepted = 0;
  fc.assert(
    fc.property(drawn, ({ content, form, sheets }) => {
      const check = answersCheck(content, () => new Date('2026-11-30T12:00:00Z'));
      for (const answers of sheets) {
        const sent = answersToSend(form.pages, answers);
        if (check(sent).length > 0) continue;
        accepted += 1;
        expect([problemsOf(form, answers), answers]).toEqual([{}, answers]);
      }
    }),
    { numRuns: 100, endOnFailure: true },
  );
  expect(accepted).toBeGreaterThan(20);
});

test('every question of a page is shown, in the order of the page', () => {
  const { pages } = shownForm(wellbeing);
  expect(pages.map(({ items }) => items.map(({ key }) => key))).toEqual(wellbeing.pages.map(({ items }) => items));
});
