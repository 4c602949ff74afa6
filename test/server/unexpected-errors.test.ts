import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPLETED } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { JSON_TYPE, postGraphQL } from './requests.ts';
import { ASSESSMENT_ID, startFakeServer, viewOf } from './fake-server.ts';
import { openSocket } from './socket.ts';
import { openStream } from './stream.ts';

const SECRET = 'what a person wrote';
/** An answer whose conversion to JSON throws: the error occurs after execution, when the result is written. */
const unwritable = { ...viewOf('completed'), answers: { note: { toJSON: () => fail() } } };

function fail(): never {
  throw new TypeError(`can not write "${SECRET}"`);
}

let server: Awaited<ReturnType<typeof startFakeServer>>;

beforeAll(async () => {
  server = await startFakeServer();
  server.become(unwritable);
  server.services['reading'] = { byId: async () => unwritable };
});
afterAll(() => server[Symbol.asyncDispose]());

const UNEXPECTED = { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
const WITH_ANSWERS = COMPLETED.replace('status', 'status answers');

describe('a result that can not be written as JSON is an unexpected error without details, and is logged:', () => {
  test('over HTTP', async () => {
    const query = `{ assessment(id: "${ASSESSMENT_ID}") { answers } }`;
    expect(await postGraphQL(server.url, JSON.stringify({ query }), JSON_TYPE)).toBeRefused({
      status: 500,
      code: 'INTERNAL_SERVER_ERROR',
    });
  });

  test('over an event stream, which then completes', async () => {
    const stream = await openStream(server.url, { cookie: '', query: WITH_ANSWERS, variables: { id: ASSESSMENT_ID } });
    expect(await stream.ended).toBe(true);
    expect(stream.events()).toMatchObject([{ errors: [UNEXPECTED] }]);
    expect(stream.text()).toMatch(/event: complete\ndata:\n\n$/);
    expect(stream.text()).not.toContain(SECRET);
  });

  test('over a socket, by `error`', async () => {
    await using socket = await openSocket(server.url);
    socket.subscribe('1', WITH_ANSWERS, { id: ASSESSMENT_ID });
    expect(await socket.message(({ type }) => type === 'error')).toMatchObject({ id: '1', payload: [UNEXPECTED] });
    expect(JSON.stringify(socket.messages)).not.toContain(SECRET);
  });

  test('in the log each time, with the class of the error and no value', async () => {
    const lines = await until(() => {
      const errors = server.logged.filter((line) => line.includes('"level":"error"'));
      return errors.length >= 3 ? errors : undefined;
    });
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ err: { type: 'TypeError' } });
      expect(line).not.toContain(SECRET);
    }
  });
});
