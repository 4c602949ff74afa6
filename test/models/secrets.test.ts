import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { metricsOf } from '../support/metrics.ts';
import { freePort } from '../support/ports.ts';
import { flaggedAnswers, startOnProvider, submitMany } from '../support/providers/on-provider.ts';
import { statesOf } from '../support/providers/play.ts';
import type { Answer } from '../support/providers/scenario.ts';
import { byKind, chunk, event, flagged, raw, refuse, sse } from '../support/providers/shapes.ts';
import { FLAG, isFlagged } from '../support/providers/texts.ts';
import { until } from '../support/wait.ts';

const quotingStream: Answer = byKind(
  (exchange) => {
    sse(exchange);
    event(exchange, chunk(exchange, { content: '{"summ' }));
    event(exchange, { error: { message: `Failed at ${FLAG}`, type: FLAG, code: FLAG } });
    exchange.response.end();
  },
  refuse(500, `Failed at ${FLAG}`),
);

test.each<[string, Answer]>([
  ['the text of a 400', refuse(400, `Unusable input: ${FLAG}`)],
  ['the text of a 403', refuse(403, `Blocked: ${FLAG}`)],
  ['the text of a 500', refuse(500, `Failed at ${FLAG}`)],
  ['the code of a 403, as a sentence', refuse(403, 'Blocked', { code: `blocked: ${FLAG}` })],
  ['the code of a 400, as a name', refuse(400, 'Blocked', { code: FLAG })],
  ['the type and the parameter of a 422', refuse(422, 'Blocked', { type: FLAG, param: FLAG })],
  ['an event of a stream', quotingStream],
])(
  'a person’s words that a provider quotes in %s are in no log, metric, failure or dead letter',
  async (_, refusal) => {
    await using world = await startOnProvider(flagged(refusal), { MAX_ATTEMPTS: '1' });
    const { app, client, provider } = world;
    const [plain, watched] = [
      await client.submit({ answers: flaggedAnswers }),
      await client.submit({ answers: flaggedAnswers, watch: true }),
    ];
    await until(() => provider.peoples().some(({ body, status }) => isFlagged(body) && status > 0));
    await until(async () => !(await statesOf(app, [plain, watched])).some(({ status }) => status === 'processing'));
    const places = {
      log: JSON.stringify(app.logs),
      metrics: await metricsOf(app),
      failures: JSON.stringify([await client.read(plain), await client.read(watched)].map(({ failure }) => failure)),
      letters: JSON.stringify(await app.world.sql('SELECT last_error FROM dead_letter')),
    };
    for (const [place, text] of Object.entries(places)) expect(text, place).not.toContain(FLAG);
  },
);

test.each([301, 307, 308])('a redirect (%i) does not get the key, and the key is not in the log', async (status) => {
  const heard: unknown[] = [];
  const other = createServer(({ headers }, response) => {
    heard.push(headers.authorization);
    response.end('{}');
  });
  other.listen(await freePort(), '127.0.0.1');
  await once(other, 'listening');
  try {
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const location = `http://127.0.0.1:${port}/v1/chat/completions`;
    await using world = await startOnProvider(raw(status, 'text/plain', '', { location }), {
      OPENAI_API_KEY: 'sk-redirected',
    });
    const { app, client, provider } = world;
    await submitMany(client, 1);
    await submitMany(client, 1, { watch: true });
    await until(() => provider.calls().some((call) => call.status === status));
    await until(() => app.logs.some(({ level }) => level === 'warn' || level === 'error'));
    expect(heard).toEqual([]);
    expect(JSON.stringify(app.logs)).not.toContain('sk-redirected');
  } finally {
    other.close();
    other.closeAllConnections();
  }
});
