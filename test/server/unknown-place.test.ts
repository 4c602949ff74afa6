import { expect, test } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { until } from '../support/wait.ts';
import { ASSESSMENT_ID, startFakeServer, viewOf } from './fake-server.ts';
import { JSON_TYPE, postGraphQL } from './requests.ts';
import { openStream } from './stream.ts';

const FIELDS = 'id status queuePosition estimatedWaitSeconds';

/** A server whose database answers for rows, and not for places in the queue. */
async function start(problem: Error) {
  const server = await startFakeServer();
  server.services['reading'] = { byId: async () => viewOf('submitted') };
  server.services['placeOf'] = async () => {
    throw problem;
  };
  return server;
}

test('a place in the queue that can not be read now is null, in a query and in an event', async () => {
  await using server = await start(new UnavailableError('database', 'unknown'));
  const known = { id: ASSESSMENT_ID, status: 'SUBMITTED', queuePosition: null, estimatedWaitSeconds: null };
  const query = `{ assessment(id: "${ASSESSMENT_ID}") { ${FIELDS} } }`;
  const response = await postGraphQL(server.url, JSON.stringify({ query }), JSON_TYPE);
  expect(JSON.parse(response.text)).toEqual({ data: { assessment: known } });
  const stream = await openStream(server.url, {
    cookie: '',
    query: `subscription { assessmentUpdated(assessmentId: "${ASSESSMENT_ID}") { assessment { ${FIELDS} } } }`,
    variables: {},
  });
  await until(() => stream.events().length > 0);
  expect(stream.events()).toEqual([{ data: { assessmentUpdated: { assessment: known } } }]);
  stream.leave();
});

test('a fault of the program in reading it stays an unexpected error', async () => {
  await using server = await start(new TypeError('a fault of the program'));
  const query = `{ assessment(id: "${ASSESSMENT_ID}") { queuePosition } }`;
  const { text } = await postGraphQL(server.url, JSON.stringify({ query }), JSON_TYPE);
  expect(JSON.parse(text).errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
});
