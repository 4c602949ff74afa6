import { startApp, type TestApp } from '../app.ts';
import type { Client } from '../client.ts';
import { wellbeingAnswers } from '../questionnaires.ts';
import { until } from '../wait.ts';
import { hasEnded, type State } from './judge.ts';
import { operatorOf } from './operator.ts';
import { statesOf } from './play.ts';
import type { Answer } from './scenario.ts';
import { startProvider } from './server.ts';
import { FLAG } from './texts.ts';

/** Answers with the text of FLAG. */
export const flaggedAnswers = { ...wellbeingAnswers, note: `There is one more thing: ${FLAG}.` };

/** The whole program on a provider with a single answer, and a visitor. */
export async function startOnProvider(answer: Answer, env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const provider = stack.use(await startProvider(answer));
  const app = stack.use(await startApp({ env: { OPENAI_BASE_URL: provider.baseUrl, AI_TIMEOUT_MS: '8000', ...env } }));
  const client = await app.client();
  const owned = stack.move();
  return { provider, app, client, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export async function submitMany(
  client: Client,
  count: number,
  input: Record<string, unknown> = {},
): Promise<string[]> {
  const ids: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- people come one after another
  while (ids.length < count) ids.push(await client.submit(input));
  return ids;
}

/** Resolves to the states when all assessments have ended. */
export async function ended(app: TestApp, ids: readonly string[], timeoutMs: number): Promise<State[]> {
  return await until(
    async () => {
      const states = await statesOf(app, ids);
      return states.every(hasEnded) ? states : undefined;
    },
    { label: `${ids.length} assessments to end`, timeoutMs, intervalMs: 50 },
  );
}

/** Resolves when an operator is told that no calls are made. */
export async function paused(app: TestApp): Promise<void> {
  const isPaused = async (): Promise<boolean> => (await operatorOf(app)).isPaused;
  await until(isPaused, { label: 'a pause', intervalMs: 50 });
}
