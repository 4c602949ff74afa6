import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Client } from '../support/client.ts';

/** Time for a pushed event to be on screen, on a busy machine. */
export const SHOWN_MS = 20_000;

export interface Visit {
  page: Page;
  /** Errors and warnings on the console, and requests to other hosts. Tests expect none. */
  complaints: string[];
}

/** Written to the console by playwright. */
const WITHOUT_WORKER = 'Service Worker registration blocked by Playwright';

/**
 * A page in a browser context of its own, with the session of `client` or a new one. It has no service worker, whose
 * requests a test could not route, and scrolls at once: a click would hit what moves under the pointer.
 */
export const openPage = async (
  browser: Browser,
  url: string,
  client?: Client,
  options?: BrowserContextOptions,
): Promise<Visit> => {
  const context = await browser.newContext({ serviceWorkers: 'block', reducedMotion: 'reduce', ...options });
  const [name = '', value = ''] = client?.cookie.split('=') ?? [];
  if (client) await context.addCookies([{ name, value, url }]);
  return openTab(context, url);
};

/** Another tab of a browser context. */
export const openTab = async (context: BrowserContext, url: string): Promise<Visit> => {
  const page = await context.newPage();
  const complaints: string[] = [];
  const { host } = new URL(url);
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    if (isComplaint && message.text() !== WITHOUT_WORKER) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) complaints.push(`request to ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) complaints.push(`socket to ${socket.url()}`);
  });
  return { page, complaints };
};

export const answerWellbeing = async (page: Page) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const index of [1, 2, 3]) {
    await page.getByText(`Page ${index} of 3`).waitFor();
    for (const scale of await page.locator('.question-scale').all()) {
      await scale.getByRole('radio', { name: '3', exact: true }).check();
    }
    for (const slider of await page.locator('.question-slider').all()) await slider.getByRole('slider').fill('3');
    if (index < 3) await page.getByRole('button', { name: 'Next page' }).click();
  }
  await page.getByRole('radio', { name: 'Changing shifts' }).check();
  await page.getByRole('checkbox', { name: 'Sleep' }).check();
  await page.getByRole('textbox').fill('<b>No markup</b> 😀');
};

/** Waits for a text on screen. The texts for screen readers do not count. */
export const shows = (page: Page, text: string) =>
  page.getByText(text).and(page.locator(':not(.visually-hidden)')).waitFor({ timeout: SHOWN_MS });
