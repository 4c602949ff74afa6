import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import type { OperatorTexts } from '../../src/entities/texts.ts';
import { RESPONSE_CHARACTERS_MAX } from '../../src/server/graphql/response-size.ts';
import type { Loose } from '../support/client.ts';
import { texts as operatorTexts } from '../support/questionnaires.ts';
import { startFakeServer, viewOf, ASSESSMENT_ID } from './fake-server.ts';
import { fakeServices } from './fake-services.ts';
import { postGraphQL } from './requests.ts';
import { openSocket } from './socket.ts';
import { openStream } from './stream.ts';

/** The largest help that the operator's texts can have. */
const HELP: OperatorTexts['help'] = {
  title: 't'.repeat(200),
  text: 'h'.repeat(4_000),
  contacts: Array.from({ length: 20 }, () => ({
    name: 'n'.repeat(200),
    detail: 'd'.repeat(500),
    url: `https://${'u'.repeat(1_900)}`,
  })),
};

/** How often answers were made JSON. */
let written = 0;

/** An assessment whose answers call for help, and are as long as a submission can be. */
function longView(): AssessmentView {
  const answers = { note: `I want to kill myself. ${'x'.repeat(250_000)}` };
  const toJSON = (): object => {
    written++;
    return { ...answers };
  };
  Object.defineProperty(answers, 'toJSON', { value: toJSON });
  return { ...viewOf('submitted'), questionnaireId: 'small@1', answers };
}

let server: Awaited<ReturnType<typeof startFakeServer>>;
beforeAll(async () => {
  const { services } = fakeServices();
  const row = longView();
  const english = operatorTexts.get('en') as OperatorTexts;
  server = await startFakeServer({
    services: {
      ...services,
      operatorTexts: new Map([['en', { ...english, help: HELP }]]),
      reading: { ...services.reading, ofSession: async ({ limit }) => Array.from({ length: limit }, () => row) },
      hub: Object.assign(services.hub, {
        follow: async () =>
          (async function* () {
            yield row;
            yield { ...row, answers: { note: 'short' } };
          })(),
      }),
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  written = 0;
});

const aliases = (field: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
const page = (first: number, fields: string): string =>
  `{ session { assessments(first: ${first}) { nodes { ${fields} } } } }`;
const SUBSCRIPTION = `subscription { assessmentUpdated(assessmentId: "${ASSESSMENT_ID}") { assessment { ${aliases('answers', 40)} } } }`;
const REFUSAL = {
  message: expect.stringMatching(/larger than 4 MB/),
  extensions: expect.objectContaining({ code: 'OPERATION_TOO_COMPLEX' }),
};

test('a response of 10 MB is refused before its JSON is made', async () => {
  const response = await postGraphQL(server.url, JSON.stringify({ query: page(1, aliases('answers', 40)) }));
  expect(JSON.parse(response.text)).toEqual({ errors: [REFUSAL] });
  expect(written).toBe(0);
});

test('so it is as an event stream', async () => {
  const query = page(1, aliases('answers', 40));
  const stream = await openStream(server.url, { cookie: '', query, variables: {} });
  expect(await stream.ended).toBe(true);
  expect(stream.events()).toEqual([{ errors: [REFUSAL] }]);
  expect(written).toBe(0);
});

test('a subscription over server-sent events has an error in place of such an event, and goes on', async () => {
  const stream = await openStream(server.url, { cookie: '', query: SUBSCRIPTION, variables: {} });
  expect(await stream.ended).toBe(true);
  expect(stream.events()).toEqual([
    { errors: [REFUSAL] },
    { data: { assessmentUpdated: { assessment: expect.objectContaining({ a39: { note: 'short' } }) } } },
  ]);
  expect(written).toBe(0);
});

test('so it does over a socket', async () => {
  await using socket = await openSocket(server.url);
  socket.subscribe('one', SUBSCRIPTION);
  await socket.message(({ type }) => type === 'complete');
  const [first, second] = socket.of('one');
  expect(first?.payload).toEqual({ errors: [REFUSAL] });
  expect(second?.payload.data.assessmentUpdated.assessment.a39).toEqual({ note: 'short' });
  expect(written).toBe(0);
});

test('a response within the limit is sent', async () => {
  const response = await postGraphQL(server.url, JSON.stringify({ query: page(1, aliases('answers', 15)) }));
  expect(response.text.length).toBeGreaterThan(3_700_000);
  expect(JSON.parse(response.text).data.session.assessments.nodes).toHaveLength(1);
});

test.each([
  ['the text', 100, 49, 'refused'],
  ['the text', 20, 49, 'sent'],
  ['url', 53, 1, 'sent'],
  ['url', 15, 7, 'refused'],
  ['url', 2, 49, 'sent'],
])(
  'the largest help, by aliases of %s in a page of %i, %i times, makes no larger response: %s',
  async (of, first, count, how) => {
    const fields = of === 'url' ? `contacts { ${aliases('url', count)} }` : aliases('text', count);
    const { text } = await postGraphQL(server.url, JSON.stringify({ query: page(first, `help { ${fields} }`) }));
    const { data, errors } = JSON.parse(text);
    const sent = { rows: first, codes: undefined };
    const refused = { rows: undefined, codes: ['OPERATION_TOO_COMPLEX'] };
    expect({
      rows: data?.session.assessments.nodes.length,
      codes: errors?.map(({ extensions }: Loose) => extensions.code),
    }).toEqual(how === 'sent' ? sent : refused);
    expect(text.length).toBeLessThan(RESPONSE_CHARACTERS_MAX + 100);
  },
);
