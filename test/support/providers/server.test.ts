import { expect, test } from 'vitest';
import { groups, scenarioOf, scenarios } from './scenarios.ts';
import { json } from './shapes.ts';
import { startProvider, startProviders } from './server.ts';
import type { Scenarios } from './scenario.ts';

const NAMES = Object.keys(scenarios);
const PERSON = '0b9b7cbb-9c1e-4b43-9b0c-2f5f6a1d7a10:1.1:1:0';
const LOOK = 'look:wellbeing-check@1';

function ask(baseUrl: string, { key = PERSON, body = {} } = {}): Promise<Response> {
  const url = new URL(baseUrl);
  url.pathname += '/chat/completions';
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify({ model: 'm', messages: [], ...body }) });
}

const numbers: Scenarios = {
  counting: {
    provider: 'a test',
    does: 'tells the number of the call',
    source: 'common',
    right: ['completes'],
    answer: (exchange) => json(200, { number: exchange.number })(exchange),
  },
  failing: {
    provider: 'a test',
    does: 'fails',
    source: 'common',
    right: ['completes'],
    answer: () => {
      throw new Error('a mistake in a scenario');
    },
  },
};

test('no two groups have a scenario of the same name', () => {
  expect(Object.values(groups).flatMap((group) => Object.keys(group))).toHaveLength(NAMES.length);
});

test.each(NAMES)('%s tells its source, and what an operator must find where assessments do not complete', (name) => {
  const { right, clue, source } = scenarioOf(name);
  expect(source).toMatch(/^(common$|https:\/\/|[\w.-]+\/[\w.-]+#\d+)/);
  const isTold = right.includes('waits') || right.includes('rejected');
  expect(clue !== undefined || !isTold).toBe(true);
});

test('the ledger tells looks from calls for people, and numbers those by themselves', async () => {
  await using providers = await startProviders(numbers);
  const asked: unknown[] = [];
  for (const key of [LOOK, PERSON, LOOK, PERSON])
    // oxlint-disable-next-line no-await-in-loop -- one call after another
    asked.push(await (await ask(providers.baseUrl('counting'), { key })).json());
  expect(asked).toEqual([{ number: 1 }, { number: 1 }, { number: 3 }, { number: 2 }]);
  expect(providers.calls('counting').map(({ isLook }) => isLook)).toEqual([true, false, true, false]);
  expect(providers.peoples('counting').map(({ assessmentId }) => assessmentId)).toEqual([
    PERSON.slice(0, 36),
    PERSON.slice(0, 36),
  ]);
});

test('the switch answers as the scenario that was chosen last, and the call is in its ledger', async () => {
  await using providers = await startProviders(scenarios);
  providers.use('openai-wrong-key');
  expect((await ask(providers.switchUrl)).status).toBe(401);
  providers.use('openai');
  expect((await ask(providers.switchUrl)).status).toBe(200);
  expect(providers.calls('openai-wrong-key')).toHaveLength(1);
  expect(providers.calls('openai')).toHaveLength(1);
  expect(() => providers.use('nobody')).toThrow('there is no scenario "nobody"');
});

test('a scenario that throws fails the test at the end, although a client may have tried again', async () => {
  const providers = await startProviders(numbers);
  await expect(ask(providers.baseUrl('failing'))).rejects.toThrow('fetch failed');
  await expect(providers.close()).rejects.toThrow('a mistake in a scenario');
});

test('a reply fits only if the model could know the shape', async () => {
  await using provider = await startProvider(scenarioOf('openai').answer);
  const area = async (body: object): Promise<unknown> => {
    const { choices } = (await (await ask(provider.baseUrl, { body })).json()) as Completion;
    return (JSON.parse(choices[0]?.message.content ?? '') as Recommendations).recommendations[0]?.priority;
  };
  const schema = { type: 'object', properties: { summary: {}, recommendations: {} } };
  const format = { type: 'json_schema', json_schema: { name: 'r', schema } };
  expect(await area({})).toBe('High');
  expect(await area({ response_format: format })).toBe('HIGH');
  const told = 'summary recommendations title rationale action area priority HIGH MEDIUM LOW';
  expect(await area({ messages: [{ role: 'system', content: told }] })).toBe('HIGH');
});

type Completion = { choices: { message: { content: string } }[] };
type Recommendations = { recommendations: { priority: string }[] };
