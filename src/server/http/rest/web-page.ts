import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { etag } from 'hono/etag';
import { serveStatic } from 'hono/serve-static';
import type { RestEnv } from './handlers.ts';
import { isPageAddress, PAGE_ROUTES } from './page-routes.ts';
import { sendShared } from './shared-body.ts';

type File = { body: Uint8Array; etag: string };
type PageEnv = RestEnv & { Variables: { file: File } };

/** `zipped`: by gzip, if the build has made it. */
type Shell = { plain: Uint8Array; zipped: Uint8Array | undefined };

export type WebPage = {
  /** Routes of the built page's files and addresses; without any if the page is not built. */
  app: Hono<PageEnv>;
  /** index.html, which finds the view for the address by itself; undefined if the page is not built. */
  shell: Shell | undefined;
  /** Of the style in index.html, as the Content-Security-Policy names them; otherwise browsers would refuse it. */
  styleHashes: readonly string[];
};

export const NO_WEB_PAGE: WebPage = { app: new Hono<PageEnv>(), shell: undefined, styleHashes: [] };

/**
 * Serves the built web page from memory; the folder is read once. From the disk a response could break off in its middle,
 * if the process has too many files open.
 *
 * @param options.serviceWorker false: browsers get one that removes itself and all that it has kept
 */
export function openWebPage(folder: string, { serviceWorker = true } = {}): WebPage {
  const files = readFiles(folder);
  if (!serviceWorker) replaceWorker(files);
  const plain = files.get(INDEX)?.body;
  const app = new Hono<PageEnv>();
  const handlers = [sendFile, etag(), cacheHeaders] as const;
  for (const path of files.keys()) if (!isVariant(path, files)) app.get(path, ...handlers, serveFile(files, path));
  if (plain === undefined) return { ...NO_WEB_PAGE, app };
  for (const route of PAGE_ROUTES)
    for (const path of withSlash(route)) app.get(path, onlyPages, ...handlers, serveFile(files, INDEX));
  const shell = { plain, zipped: files.get(`${INDEX}.gz`)?.body };
  return { app, shell, styleHashes: styleHashesIn(Buffer.from(plain).toString()) };
}

function replaceWorker(files: Map<string, File>): void {
  for (const variant of ['', '.gz', '.br']) {
    const none = files.get(`/no-service-worker.js${variant}`);
    files.delete(`/service-worker.js${variant}`);
    if (none !== undefined) files.set(`/service-worker.js${variant}`, none);
  }
}

const styleHashesIn = (html: string): string[] =>
  [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(
    ([, style = '']) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  );

const withSlash = (route: string): string[] => (route.endsWith('/') ? [route] : [route, `${route}/`]);

/** Hono's routes also match arguments that the page does not know, such as broken escapes. */
const onlyPages = createMiddleware<PageEnv>(async (c, next) =>
  isPageAddress(c.req.path) ? await next() : c.body(null, 404),
);

const INDEX = '/index.html';

/** A compressed copy, which the build (vite.config.ts) makes. It is sent in place of the file, and has no address. */
const isVariant = (path: string, files: ReadonlyMap<string, File>): boolean =>
  /\.(br|gz)$/.test(path) && files.has(path.slice(0, -3));

const sendFile = createMiddleware<PageEnv>(async (c, next) => {
  await next();
  if (c.res.status === 200) c.res = sendShared(c.env.exchange, c.get('file').body, Object.fromEntries(c.res.headers));
});

/** Stands for the file's content until `sendFile`. */
const NO_BODY = new Uint8Array();

const serveFile = (files: ReadonlyMap<string, File>, name: string) =>
  serveStatic<PageEnv>({
    root: '',
    precompressed: true,
    path: name,
    // Called for the plain file first, then for its compressed copy: the last call decides.
    getContent: async (path, c) => {
      const file = files.get(path);
      if (file === undefined) return null;
      c.header('etag', file.etag);
      c.set('file', file);
      return NO_BODY;
    },
  });

const cacheHeaders = createMiddleware(async (c, next) => {
  await next();
  c.header('vary', 'accept-encoding');
  // Vite puts the content's hash into these names.
  const isImmutable = c.req.path.startsWith('/assets/');
  c.header('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
});

function readFiles(folder: string): Map<string, File> {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // Not built: the API works without the page, and the error at "/" says what to do.
    return new Map();
  }
  return new Map(
    names
      .map((name) => ({ name, path: `/${relative(folder, name).split(sep).join('/')}` }))
      // Hidden files are not part of the page.
      .filter(({ path }) => !/\/\.(?!well-known\/)/.test(path))
      .map(({ name, path }) => {
        const body = readFileSync(name);
        const hash = createHash('sha256').update(body).digest('base64url').slice(0, 20);
        return [path, { body, etag: `"${hash}"` }];
      }),
  );
}
