import { afterAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { refusal } from '../support/model-behaviours.ts';
import { texts, wellbeingAnswers } from '../support/questionnaires.ts';

const READ = `query Read($id: ID!) { assessment(id: $id) { status
  help { title text contacts { name detail url } flags } failure { code } } }`;
const TEXTS = `query Texts($language: String) { texts(language: $language) { language
  help { title contacts { name } flags } privacy { title text } contact { title text url } } }`;
const HELP = { title: texts.get('en')?.help.title, text: texts.get('en')?.help.text, contacts: [], flags: [] };
const IN_DISTRESS = { answers: { ...wellbeingAnswers, note: 'Sometimes I want to DIE.' } };

async function helpsOf({ graphql, rest }: Client, id: string): Promise<unknown[]> {
  const { data } = await graphql(READ, { id });
  const body = (await (await rest('GET', `/api/assessment/${id}`)).json()) as { data: { help: unknown } };
  return [data.assessment.status, data.assessment.help, body.data.help];
}

test('help is there before the model has answered, after it refused, and for a calm person never', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.hold();
  app.world.model.script([refusal(), refusal()]);
  const id = await client.submit(IN_DISTRESS);
  await app.world.model.waitForCalls(1);
  expect(await helpsOf(client, id)).toEqual(['PROCESSING', HELP, HELP]);
  app.world.model.release();
  await client.completion(id);
  expect(await helpsOf(client, id)).toEqual(['FAILED', HELP, HELP]);
  const calm = await client.submit();
  await client.completion(calm);
  expect((await helpsOf(client, calm)).slice(1)).toEqual([null, null]);
});

test.each([
  [undefined, undefined, 'en'],
  ['de', undefined, 'de'],
  ['de-AT', 'en', 'de'],
  [undefined, 'fr, de;q=0.7, en;q=0.3', 'de'],
  ['fi', 'de', 'de'],
  ['fi', undefined, 'en'],
])(
  'the texts for the language %s and the header %s are in "%s", without a session',
  async (language, header, found) => {
    const { url } = await shared();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(header === undefined ? {} : { 'accept-language': header }) },
      body: JSON.stringify({ query: TEXTS, variables: { language } }),
    });
    const { data } = (await response.json()) as { data: { texts: { language: string } } };
    const { privacy, contact, help } = texts.get(found) ?? {};
    expect(data.texts).toEqual({
      language: found,
      help: { title: help?.title, contacts: [], flags: [] },
      privacy,
      contact: { ...contact, url: null },
    });
  },
);

let app: Promise<TestApp> | undefined;
const shared = (): Promise<TestApp> => (app ??= startApp({ role: 'api' }));
afterAll(async () => (await app)?.close());

test('a folder of texts that cannot be used ends the start with all its problems', async () => {
  const start = startApp({ role: 'api', env: { TEXTS_DIR: '/no/such/folder' } });
  await expect(start).rejects.toThrow(/The texts cannot be used:\n {2}- \/no\/such\/folder: the folder cannot be read/);
});
