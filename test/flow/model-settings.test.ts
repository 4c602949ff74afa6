import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { wellbeingAnswers as answers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

test('a server without keys is asked without one, and with the fields that are set', async () => {
  const env = { OPENAI_API_KEY: '', OPENAI_TEMPERATURE: '0', OPENAI_BODY: '{"top_p":0.5}' };
  await using app = await startApp({ env });
  const client = await app.client();
  const [event] = await client.completion(await client.submit({ answers }));
  expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  const { calls, looks } = app.world.model;
  expect(calls).toHaveLength(1);
  expect(looks).not.toEqual([]);
  for (const { authorization, body } of [...calls, ...looks]) {
    expect(authorization).toBeUndefined();
    expect(body).toMatchObject({ temperature: 0, top_p: 0.5, model: 'gpt-4.1-mini' });
  }
});

test('another setting of the model is another set-up, which a worker looks at anew', async () => {
  await using world = await createWorld();
  const first = await looksWith(world, { OPENAI_SEED: '1' });
  expect(first).toBeGreaterThan(0);
  expect(await looksWith(world, { OPENAI_SEED: '1' })).toBe(0);
  expect(await looksWith(world, { OPENAI_SEED: '2' })).toBe(first);
  expect(await looksWith(world, { OPENAI_SEED: '2', MODEL_RESPONSE_FORMAT: 'json_object' })).toBe(first);
});

/** How many made-up requests a process with these settings asks until it works. */
async function looksWith(world: World, env: Record<string, string>): Promise<number> {
  const before = world.model.looks.length;
  await using app = await startApp({ world, env });
  const client = await app.client();
  const id = await client.submit({ answers });
  await until(() => world.model.callsFor(id).length > 0);
  return world.model.looks.length - before;
}
