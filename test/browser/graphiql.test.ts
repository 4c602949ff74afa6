import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { until } from '../support/wait.ts';

/** The page has nine megabytes, and a busy machine needs some time to draw its editor. */
const DRAWN_MS = 20_000;
const TABS = ['StartSession', 'Submit', 'Completed', 'Mine'];

test(
  'GraphiQL walks through the whole loop with its own tabs, and the result arrives over an event stream',
  { timeout: 90_000 },
  async () => {
    await using app = await startApp({ env: { GRAPHIQL: '1' } });
    await using browser = await openChromium();
    const { page, complaints, sockets } = await openPage(browser, app.url);
    const requests: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('blob:')) requests.push(request.url());
    });
    await page.goto(`${app.url}/graphql`);
    const tabs = page.getByRole('tab');
    await until(async () => (await tabs.allInnerTexts()).join() === TABS.join(), { timeoutMs: DRAWN_MS });
    // The page itself, and the schema.
    await until(() => requests.length === 2, { timeoutMs: DRAWN_MS });
    expect(requests).toEqual([`${app.url}/graphql`, `${app.url}/graphql`]);

    const started = await run(page, 'StartSession', 'expiresAt');
    expect(started).toMatch(/"id": "[0-9a-f-]{36}"/);

    app.world.model.hold();
    const submitted = await run(page, 'Submit', 'SUBMITTED');
    const [, id = ''] = /"id": "([0-9a-f-]{36})"/.exec(submitted) ?? [];

    await openTab(page, 'Completed');
    await type(page, { id });
    await page.getByRole('button', { name: /execute query/i }).click();
    await app.world.model.waitForCalls(1);
    expect(await responseIn(page)).not.toContain('COMPLETED');
    app.world.model.release();
    await until(async () => (await responseIn(page)).includes('"status": "COMPLETED"'), { timeoutMs: DRAWN_MS });
    expect(sockets).toEqual([]);

    const mine = await run(page, 'Mine', 'hasNextPage');
    expect(mine).toContain(id);
    expect(complaints).toEqual([]);
  },
);

test(
  'a subscription in GraphiQL without a session shows why it is refused, and with a bearer token it acts in its session',
  { timeout: 90_000 },
  async () => {
    await using app = await startApp({ role: 'api', env: { GRAPHIQL: '1' } });
    await using browser = await openChromium();
    const { page } = await openPage(browser, app.url);
    await page.goto(`${app.url}/graphql`);
    expect(await run(page, 'Completed', 'UNAUTHENTICATED')).toContain('There is no session, or it has ended.');

    const started = await fetch(`${app.url}/api/session`, { method: 'POST' });
    const { data } = (await started.json()) as { data: { token: string } };
    await page.getByRole('button', { name: 'Headers' }).click();
    await type(page, { Authorization: `Bearer ${data.token}` });
    // The session is accepted, and the id of the example is none.
    expect(await execute(page, 'BAD_USER_INPUT')).toContain('The id is malformed');
  },
);

test('GraphiQL is 404 where it is switched off, and the API refuses introspection', async () => {
  await using app = await startApp({ role: 'api', env: { GRAPHIQL: '0' } });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const document = await page.goto(`${app.url}/graphql`);
  expect(document?.status()).toBe(404);
  expect(await page.content()).toContain('GraphiQL is switched off');
  // From the app's page, because the Content-Security-Policy of an error response allows no requests.
  await page.goto(app.url);
  const introspection = await page.evaluate(async () => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __schema { types { name } } }' }),
    });
    return (await response.json()) as { errors: { extensions: { code: string } }[] };
  });
  expect(introspection.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

/** Replaces the text of the editor of variables or headers. */
async function type(page: Page, value: unknown): Promise<void> {
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').first().click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify(value));
  // The editor has inserted another closing quote and brace.
  await page.keyboard.press('ControlOrMeta+Shift+End');
  await page.keyboard.press('Delete');
}

/** Runs the document of a tab, and returns the response once it contains the word. */
async function run(page: Page, tab: string, word: string): Promise<string> {
  await openTab(page, tab);
  return await execute(page, word);
}

/**
 * Runs the document of the open tab. To click the tab again would empty the headers: GraphiQL stores them half a second after
 * they are typed, and an opened tab shows what is stored.
 */
async function execute(page: Page, word: string): Promise<string> {
  const button = page.getByRole('button', { name: /execute query/i });
  await button.click();
  return until(
    async () => {
      const response = await responseIn(page);
      // A moment after a tab opens, GraphiQL does not know its operation yet: execute again.
      if (response.includes('Cannot infer operation')) await button.click();
      return response.includes(word) ? response : undefined;
    },
    { label: `a response with ${word}`, timeoutMs: DRAWN_MS },
  );
}

/** Clicks the button in the tab: the tab itself takes a click for the start of a drag. */
async function openTab(page: Page, name: string): Promise<void> {
  await page.locator(`.graphiql-tab-button[title="${name}"]`).click();
  await page.locator('.graphiql-query-editor').getByText(name).first().waitFor();
}

/** The editor shows non-breaking spaces. */
const responseIn = async (page: Page): Promise<string> =>
  (await page.locator('.result-window').innerText()).replaceAll('\u00a0', ' ');

/** A page in a browser context of its own. `complaints`: messages on the console, and requests to other hosts. */
async function openPage(browser: Browser, url: string) {
  const page = await (await browser.newContext({ viewport: { width: 1_400, height: 1_600 } })).newPage();
  const complaints: string[] = [];
  const sockets: string[] = [];
  const { host } = new URL(url);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { protocol, host: other } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && other !== host) complaints.push(`request to ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    sockets.push(socket.url());
    if (new URL(socket.url()).host !== host) complaints.push(`socket to ${socket.url()}`);
  });
  return { page, complaints, sockets };
}
