import { expect, test } from 'vitest';
import { clientWith, startClient } from '../support/client.ts';
import { startProgram } from '../flow/program.ts';
import { flaggedAnswers } from '../support/providers/on-provider.ts';
import { startProvider } from '../support/providers/server.ts';
import { answer, chunk, event, sse } from '../support/providers/shapes.ts';
import { isFlagged } from '../support/providers/texts.ts';
import type { Exchange } from '../support/providers/scenario.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const PIECES_A_WRITE = 200;
const WRITES = 220;
/** The least of several tries counts: the program blocks in each of them, other work of the machine does not. */
const TRIES = 4;
const BLOCKED_MAX_MS = 200;

/** A stream of 44,000 pieces of one character, about 7 MB. */
function tinyPieces(exchange: Exchange): void {
  sse(exchange);
  event(exchange, chunk(exchange, { content: '{"summary":"x","recommendations":[' }));
  const pieces = `data: ${JSON.stringify(chunk(exchange, { content: '1' }))}\n\n`.repeat(PIECES_A_WRITE);
  let written = 0;
  const go = (): void => {
    if (exchange.response.destroyed) return;
    if (written++ < WRITES) return void exchange.response.write(pieces, go);
    event(exchange, chunk(exchange, {}, 'stop'));
    exchange.response.end();
  };
  go();
}

/** The longest of the answers of /healthz until the condition holds. */
async function slowest(url: string, isOver: () => boolean): Promise<number> {
  let worst = 0;
  await until(
    async () => {
      const from = performance.now();
      await fetch(`${url}/healthz`);
      worst = Math.max(worst, performance.now() - from);
      return isOver();
    },
    { label: 'the stream to end', timeoutMs: 20_000, intervalMs: 10 },
  );
  return worst;
}

test('a stream of 44,000 tiny pieces keeps nobody else waiting', async () => {
  await using world = await createWorld();
  await using provider = await startProvider((exchange) =>
    (isFlagged(exchange.body) ? tinyPieces : answer())(exchange),
  );
  await using program = await startProgram('all', { ...world.env, OPENAI_BASE_URL: provider.baseUrl });
  const { cookie } = await startClient(program.url);
  const client = clientWith(program.url, cookie);
  const worst: number[] = [];
  for (let count = 0; count < TRIES; count += 1) {
    const before = provider.peoples().length;
    // oxlint-disable-next-line no-await-in-loop -- one try after another
    await client.submit({ watch: true, answers: flaggedAnswers });
    const isOver = (): boolean => provider.peoples().length > before && provider.inFlight() === 0;
    // oxlint-disable-next-line no-await-in-loop -- as above
    worst.push(await slowest(program.url, isOver));
  }
  expect(Math.min(...worst)).toBeLessThanOrEqual(BLOCKED_MAX_MS);
});
