import { expect, test } from 'vitest';
import { openModels } from '../../src/app/models.ts';
import type { Parts } from '../../src/app/parts.ts';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import { readConfig } from '../../src/config.ts';
import { StartError } from '../../src/own-error.ts';
import { ipip, storeOf, versionsOf, wellbeing } from '../support/questionnaires.ts';

test('a start with the demo model names each questionnaire that has no advice for it', async () => {
  const { advice: _, ...without } = wellbeing;
  const questionnaires = createQuestionnaires(
    versionsOf(without, ipip),
    storeOf(() => []),
  );
  // The check comes before any part is used.
  const parts = { config: readConfig('all', {}), questionnaires } as Parts;
  const error: unknown = await openModels(parts).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StartError);
  expect((error as StartError).problems).toEqual([
    'wellbeing-check.v1.json: advice: is missing. It is needed only where the demo model is used: add it, or set OPENAI_API_KEY or OPENAI_BASE_URL.',
  ]);
});
