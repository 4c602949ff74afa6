import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { openPage } from './visitor.ts';

const api = await readFile(new URL('../../docs/API.md', import.meta.url), 'utf8');

test('the EventSource program in docs/API.md shows an assessment until its end, and closes the stream then', async () => {
  const [, program] = /^```js\n((?:(?!```).)*new EventSource.*?)^```/ms.exec(api) ?? [];
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.hold();
  const client = await app.client();
  const id = await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(app.url);
  const shown = page.evaluate(`new Promise((resolve) => {
    const id = ${JSON.stringify(id)};
    const states = [];
    const show = (state) => states.push(state.status);
    ${program}
    events.addEventListener('complete', () => resolve([states, events.readyState === EventSource.CLOSED]));
  })`);
  await page.waitForResponse((response) => response.url().includes('assessmentUpdated'));
  app.world.model.release();
  const [states, isClosed] = (await shown) as [string[], boolean];
  expect([states.at(-1), isClosed]).toEqual(['COMPLETED', true]);
  expect(complaints).toEqual([]);
});
