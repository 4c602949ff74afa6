// Keeps the page on the device, so that a form can be opened and filled in offline. It is built apart from the page
// (vite.config.ts). All files are kept together: those of two releases would not fit each other.

/** `FILES_OF_PAGE`: their paths, the page's script first. */
const FILES = FILES_OF_PAGE;
/** Also those of the next release: while this worker serves open tabs, its successor has kept its page and files already. */
const FOLDER = '/assets/';
const CACHE = 'assay';
const PAGE = '/';
const QUERY = '/offline/';
const QUERIES_MAX = 20;
/** A kept response is better than a longer wait. */
const WAIT_MS = 3_000;

const pathOf = ({ url }) => new URL(url).pathname;

const install = async () => {
  const cache = await caches.open(CACHE);
  const page = await fetch(PAGE, { cache: 'no-cache' });
  // While servers are replaced, one of them still has the earlier page.
  if (!page.ok || !(await page.clone().text()).includes(FILES[0])) throw new Error('This page is of another release.');
  await cache.addAll(FILES);
  await cache.put(PAGE, page);
};

const activate = async () => {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const path = pathOf(request);
    if (path !== PAGE && !path.startsWith(QUERY) && !FILES.includes(path)) await cache.delete(request);
  }
  await registration.navigationPreload?.enable();
  await clients.claim();
};

/** The network's response; the kept one if there is none, the server fails, or it takes long. */
const networkFirst = (response, key) => {
  const kept = caches.match(key);
  return Promise.race([
    response.then(
      async (answer) => (answer.status < 500 ? answer : ((await kept) ?? answer)),
      async (error) => (await kept) ?? Promise.reject(error),
    ),
    new Promise((resolve) => setTimeout(async () => (await kept) && resolve(kept), WAIT_MS)),
  ]);
};

/** Keeps questionnaires: no errors, and nothing of a person. */
const keep = async (key, response) => {
  const { data, errors } = await response.json();
  const [name, ...others] = Object.keys(data ?? {});
  const found = data?.[name];
  if (errors || others.length > 0 || !found || !/^questionnaires?$/.test(name)) return;
  const cache = await caches.open(CACHE);
  const keys = [key];
  // A draft asks for the version that it belongs to.
  if (found.version) keys.push(`${QUERY}${found.slug}/${found.version}`);
  for (const each of keys) await cache.put(each, Response.json({ data }));
  const queries = (await cache.keys()).filter((request) => pathOf(request).startsWith(QUERY));
  for (const old of queries.slice(0, -QUERIES_MAX)) await cache.delete(old);
};

/** The worker stays until the response is read: otherwise its successor could take its place, and break it off. */
const answer = (event, response, key, use) => {
  event.waitUntil(response.then((found) => found.ok && use(found.clone())).catch(() => {}));
  event.respondWith(networkFirst(response, key));
};

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  const { request } = event;
  const path = pathOf(request);
  const query = request.headers.get('x-offline');
  if (request.mode === 'navigate' && request.method === 'GET' && !/^\/(api|graphql)(\/|$)/.test(path))
    answer(
      event,
      event.preloadResponse.then((early) => early ?? fetch(request)),
      PAGE,
      (response) => response.text(),
    );
  else if (path.startsWith(FOLDER) && request.method === 'GET')
    event.respondWith(caches.match(path).then((kept) => kept ?? fetch(request)));
  else if (query) answer(event, fetch(request), QUERY + query, (response) => keep(QUERY + query, response));
});
