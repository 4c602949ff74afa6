import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { newestGerman as german } from '../support/translations.ts';
import { newestWellbeing, wellbeing, wellbeingAnswers as ANSWERS } from '../support/questionnaires.ts';

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
});
afterAll(() => app.close());

const VARY = 'origin, accept, accept-encoding, accept-language';

describe('a questionnaire', () => {
  const ONE =
    'query One($language: String) { questionnaire(slug: "wellbeing-check", language: $language) { language languages title } }';
  const ALL = 'query All($language: String) { questionnaires(language: $language) { slug language } }';
  const EN = { language: 'en', languages: ['en', 'de'], title: wellbeing.title };
  const DE = { language: 'de', languages: ['en', 'de'], title: german.title };

  test.each([
    ['without a wish', {}, undefined, EN],
    ['by the header', { 'accept-language': 'de-AT,de;q=0.9,en;q=0.8' }, undefined, DE],
    ['by the weights of the header', { 'accept-language': 'de;q=0.2,en;q=0.8' }, undefined, EN],
    ['by a header that asks for none that is offered', { 'accept-language': 'fr,es;q=0.5' }, undefined, EN],
    ['by the argument, whatever the header says', { 'accept-language': 'en' }, 'de', DE],
    ['by an argument with a region', {}, 'de-CH', DE],
    ['by an argument that is not offered, and the header', { 'accept-language': 'de' }, 'fr', DE],
    ['by an argument that is not offered', {}, 'fr', EN],
    ['by an argument that is no language', {}, '<b>', EN],
  ])('comes %s', async (_, headers, language, expected) => {
    const { data, headers: sent } = await client.graphql(ONE, { language }, headers);
    expect(data.questionnaire).toEqual(expected);
    expect(sent.get('vary')).toBe(VARY);
  });

  test('without texts in the language comes in its own, beside others', async () => {
    const { data } = await client.graphql(ALL, {}, { 'accept-language': 'de' });
    expect(data.questionnaires).toEqual([
      { slug: 'ipip-neo-120', language: 'en' },
      { slug: 'mini-ipip', language: 'en' },
      { slug: 'wellbeing-check', language: 'de' },
    ]);
  });

  test('has all of its texts in the language', async () => {
    const { data } = await client.graphql(
      `{ questionnaire(slug: "wellbeing-check", language: "de") { id description schema
         areas { key title bands { title } } pages { title items { title ... on ScaleItem { low } ... on ChoiceItem { options { value title } } } } } }`,
    );
    const { questionnaire } = data;
    expect(questionnaire).toMatchObject({ id: newestWellbeing, description: german.description });
    expect(questionnaire.pages[0]).toMatchObject({
      title: 'Schlaf und Energie',
      items: [{ title: 'Wie gut haben Sie geschlafen?', low: 'Sehr schlecht' }, {}, {}, {}],
    });
    expect(questionnaire.pages[2].items[1].options[0]).toEqual({ value: 'regular', title: 'Feste Zeiten' });
    expect(questionnaire.areas[0]).toEqual({
      key: 'sleep',
      title: 'Schlaf',
      bands: [{ title: 'niedrig' }, { title: 'mittel' }, { title: 'hoch' }],
    });
    expect(questionnaire.schema.properties.sleep_quality.title).toBe('Wie gut haben Sie geschlafen?');
  });
});

describe('a submission', () => {
  const READ = `query Read($id: ID!) { assessment(id: $id) { language questionnaire { language title } scores { title band { title } } } }`;
  const IN_GERMAN = {
    language: 'de',
    questionnaire: { language: 'de', title: german.title },
    scores: expect.arrayContaining([{ title: 'Schlaf', band: { title: 'niedrig' } }]),
  };
  const IN_ENGLISH = {
    language: 'en',
    questionnaire: { language: 'en', title: wellbeing.title },
    scores: expect.arrayContaining([{ title: 'Sleep', band: { title: 'low' } }]),
  };
  const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) { submitAssessment(input: $input) { assessment { id language } errors { message code } } }`;
  const submit = (input: object, headers: Record<string, string> = {}) =>
    client.graphql(SUBMIT, { input: { questionnaire: 'wellbeing-check', answers: { ...ANSWERS }, ...input } }, headers);

  test.each([
    ['names a language', { language: 'de' }, { 'accept-language': 'en' }, IN_GERMAN],
    ['names it in other letters', { language: 'DE' }, {}, IN_GERMAN],
    ['names none, by the header', {}, { 'accept-language': 'de-DE,en;q=0.5' }, IN_GERMAN],
    ['names none, without a header', {}, {}, IN_ENGLISH],
    ['names the own language of the questionnaire', { language: 'en' }, { 'accept-language': 'de' }, IN_ENGLISH],
  ])('that %s is remembered in it, whoever reads it', async (_, input, headers, expected) => {
    const { data } = await submit(input, headers);
    expect(data.submitAssessment.assessment.language).toBe(expected.language);
    for (const reader of ['en', 'de', 'fr'])
      expect(
        (await client.graphql(READ, { id: data.submitAssessment.assessment.id }, { 'accept-language': reader })).data
          .assessment,
      ).toEqual(expected);
  });

  test('in a language that is not offered is refused by its name, and nothing is stored', async () => {
    const count = async () => (await app.world.sql('SELECT 1 FROM test_assessment')).length;
    const before = await count();
    const { errors } = await submit({ language: 'fr' });
    expect(errors).toMatchObject([
      {
        message: `${newestWellbeing} is not offered in "fr". "language" may be en, de.`,
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(await count()).toBe(before);
  });

  test('with the same key in another language is a conflict; without one it is the same assessment', async () => {
    const idempotencyKey = 'a-key-of-languages';
    const first = await client.trySubmit({ idempotencyKey, language: 'de' });
    expect(await client.trySubmit({ idempotencyKey, language: 'de' })).toMatchObject({ id: first.id });
    expect(await client.trySubmit({ idempotencyKey, language: 'en' })).toMatchObject({
      __typename: 'IdempotencyConflictError',
    });
  });

  test('over REST has its language too', async () => {
    const send = (body: object, headers = {}) =>
      client.rest(
        'POST',
        '/api/assessment/submit',
        { questionnaire: 'wellbeing-check', answers: ANSWERS, ...body },
        headers,
      );
    const read = async (response: Response) => {
      const { data } = (await response.json()) as { data: { assessment_id: string } };
      return (await (await client.rest('GET', `/api/assessment/${data.assessment_id}`)).json()) as object;
    };
    const accepted = await send({}, { 'accept-language': 'de' });
    expect([accepted.status, accepted.headers.get('vary')]).toEqual([202, VARY]);
    const inGerman = { data: { language: 'de', scores: [{ title: 'Schlaf' }, {}, {}, {}, {}] } };
    expect(await read(accepted)).toMatchObject(inGerman);
    expect(await read(await send({ language: 'de' }))).toMatchObject(inGerman);
    expect(await read(await send({}))).toMatchObject({ data: { language: 'en' } });
    const refused = await send({ language: 'fr' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'BAD_USER_INPUT',
        message: `${newestWellbeing} is not offered in "fr". "language" may be en, de.`,
      },
    });
    expect(await (await send({ language: 7 })).json()).toMatchObject({
      error: { message: '"language" must be a language tag.' },
    });
  });
});

test('a response that does not depend on the language does not vary by it', async () => {
  const { headers } = await client.graphql('{ session { id } }', {}, { 'accept-language': 'de' });
  expect(headers.get('vary')).toBe('origin, accept, accept-encoding');
});
