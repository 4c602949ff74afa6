import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { startApp } from '../support/app.ts';
import { refusalLog } from '../../src/server/graphql/refusal-log.ts';

test('of each code the log has 50 lines at once and one more each second, which says how many were left out', () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('info', 'api', {
    write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
  });
  const time = { ms: 0 };
  const refuse = refusalLog(log, () => time.ms);
  const flood = (): void => {
    for (let count = 0; count < 1_000; count++) refuse('RATE_LIMITED', { requestId: 'one', route: 'graphql' });
  };
  flood();
  expect(lines).toHaveLength(50);
  refuse('FORBIDDEN', { requestId: 'two', route: 'graphql' });
  expect(lines.at(-1)).toMatchObject({
    level: 'info',
    code: 'FORBIDDEN',
    requestId: 'two',
    msg: 'a request was refused',
  });
  expect(lines.at(-1)).not.toHaveProperty('leftOut');
  time.ms = 3_000;
  flood();
  expect(lines).toHaveLength(54);
  expect(lines[51]).toMatchObject({ code: 'RATE_LIMITED', leftOut: 950 });
});

test('the log has the id of each refused request, by GraphQL and by REST, at the default level', async () => {
  await using app = await startApp({ role: 'api', env: { LOG_LEVEL: 'info' } });
  const json = { 'content-type': 'application/json' };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(app.url + path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
  const responses = [
    await post('/graphql', { query: '{ __typename }' }, { origin: 'https://assay.example' }),
    await post('/graphql', { query: '{ unknown }' }),
    await post('/graphql', { query: '{ __typename' }),
    await post('/api/assessment/submit', { questionnaire: 'wellbeing-check', answers: {} }),
    await fetch(`${app.url}/api/nothing`),
    await fetch(`${app.url}/graphql`, { method: 'DELETE' }),
  ];
  const bodies = await Promise.all(responses.map((response) => response.json() as Promise<Refused>));
  const ids = bodies.map(({ errors, error }) => errors?.[0]?.extensions.requestId ?? error?.requestId);
  expect(ids.filter((id) => typeof id === 'string')).toHaveLength(responses.length);
  for (const requestId of ids)
    expect(app.logs).toContainEqual(
      expect.objectContaining({ level: 'info', msg: 'a request was refused', requestId, code: expect.any(String) }),
    );
});

type Refused = { errors?: { extensions: { requestId: string } }[]; error?: { requestId: string } };
