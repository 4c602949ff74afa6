import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { freePort } from '../support/ports.ts';
import { startProxy } from '../support/proxy.ts';

/** Time for a page to reconnect, on a busy machine. */
const BACK_MS = 30_000;

test('a page without a connection says so, reconnects by itself, and gets the result', async () => {
  const port = await freePort();
  const proxy = await startProxy(port);
  const url = `http://127.0.0.1:${proxy.port}`;
  await using app = await startApp({ env: { PORT: `${port}`, PUBLIC_URL: url } });
  await using browser = await openChromium();
  app.world.model.hold();
  const { page, sockets } = await openAssessment(browser, app, url);
  const waiting = page.getByText('Your result appears here by itself.');
  await waiting.waitFor();
  await expect.poll(() => sockets.length).toBe(1);

  const lost = page.getByText('The connection is lost at the moment.');
  await proxy.setMode('down');
  await lost.waitFor({ timeout: BACK_MS });
  await proxy.setMode('pass');
  await lost.waitFor({ state: 'hidden', timeout: BACK_MS });
  await waiting.waitFor();

  app.world.model.release();
  await page.getByText('Your result is ready.').waitFor({ timeout: BACK_MS });
  await proxy.close();
});

/** A page with a new assessment in a new session, and the URLs of the sockets that it opens. */
const openAssessment = async (
  browser: Browser,
  app: TestApp,
  url: string,
): Promise<{ page: Page; sockets: string[] }> => {
  const client = await app.client();
  const [name = '', value = ''] = client.cookie.split('=');
  const context = await browser.newContext();
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(`${url}/assessments/${await client.submit()}`);
  return { page, sockets };
};
