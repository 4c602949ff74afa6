import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startDemoModel } from '../../src/adapters/embedded/demo-model.ts';
import { buildPrompt } from '../../src/consumers/prompt.ts';
import { score } from '../../src/entities/scoring.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';

// Counts the process's timers, so it stands alone and calls by node:http, which has none of its own.
const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

test('a client that goes away and a model that closes leave no work behind', async () => {
  const slow = await startDemoModel({ questionnaire: () => wellbeing, delayMs: 600_000 });
  const { messages } = buildPrompt(wellbeing, wellbeingAnswers, score(wellbeing, wellbeingAnswers));
  const body = JSON.stringify({ model: 'x', messages });
  const before = timers();
  const [leaves, stays] = [1, 2].map(() => {
    const call = request(`${slow.url}/chat/completions`, { method: 'POST', agent: false });
    call.on('error', () => {}); // cut on purpose
    return call.end(body);
  });
  await until(() => timers() === before + 2, { label: 'two answers under way' });
  leaves?.destroy();
  await until(() => timers() === before + 1, { label: 'one of them given up' });
  expect(stays?.destroyed).toBe(false);
  await slow.close();
  await until(() => timers() === before && stays?.destroyed, { label: 'nothing left' });
  await slow.close(); // again is harmless
});
