import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { openPage, shows, SHOWN_MS } from './visitor.ts';

test('the list is kept up to date over one socket without another query, also with assessments of another tab', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  app.world.model.hold();
  await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  const requests: string[] = [];
  const sockets: string[] = [];
  page.on('request', (request) => requests.push(request.postData() ?? ''));
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(app.url);
  const listed = page.getByRole('region', { name: 'Your assessments' }).getByRole('listitem');
  await listed.filter({ hasText: 'Being prepared' }).waitFor();
  await expect.poll(() => sockets.length).toBe(1);
  await client.submit();
  app.world.model.release();
  await expect.poll(() => listed.filter({ hasText: 'Ready' }).count(), { timeout: SHOWN_MS }).toBe(2);
  expect(requests.filter((body) => body.includes('query YourAssessments'))).toHaveLength(1);
  expect(sockets).toHaveLength(1);
  expect(complaints).toEqual([]);
});

test('the page learns of the end of its session over the socket, and starts a new one with an empty list', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  await client.completion(await client.submit());
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.clock.install();
  const socket = page.waitForEvent('websocket');
  await page.goto(app.url);
  await (await socket).waitForEvent('framesent', ({ payload }) => String(payload).includes('assessmentFinished'));
  // A session that ends in its first five seconds would count as refused cookies.
  await page.clock.fastForward(6_000);
  await client.graphql('mutation { endSession { ended } }');
  await shows(page, 'a new one was started');
  await shows(page, 'Nothing yet');
  expect(complaints).toEqual([]);
});

test('a list that can not be read is said to be unavailable, and the session is kept', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const { page } = await openPage(browser, app.url, client);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.postData() ?? ''));
  const error = { message: 'Away.', path: ['session', 'assessments'], extensions: { code: 'SERVICE_UNAVAILABLE' } };
  // As the server answers while the database gives no list; and as it would answer if all of the session failed.
  const answers = [{ __typename: 'Session', id: 'a', cursor: 'c', assessments: null }, null];
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('query YourAssessments')) return route.fallback();
    const session = answers.length > 1 ? answers.shift() : answers[0];
    return route.fulfill({ json: { data: { session }, errors: [error] } });
  });
  await page.goto(app.url);
  await shows(page, 'The service is not available right now');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => requests.filter((body) => body.includes('query YourAssessments')).length).toBe(2);
  await shows(page, 'The service is not available right now');
  // The first load asks for the session of its cookie.
  expect(requests.filter((body) => body.includes('mutation StartSession'))).toHaveLength(1);
});
