import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { etag } from 'hono/etag';
import { serveStatic } from 'hono/serve-static';
import type { RestEnv } from './handlers.ts';
import { sendShared } from './shared-body.ts';

type File = { body: Uint8Array; etag: string };
/** The file that is to be sent. */
type PageEnv = RestEnv & { Variables: { file: File } };

/** The built page's files and its own routes; without a route if it is not built. */
export type WebPage = Hono<PageEnv>;

/** They have no file: the page looks at the address itself. */
const ROUTES = [
  '/',
  ...['/take/:name{[\\w.@-]+}', '/assessments/:id{[\\w.@-]+}'].flatMap((route) => [route, `${route}/`]),
];

/**
 * Serves the built web page from memory: a folder of known files, read once. From the disk each response could break off in
 * its middle, with too many files open for one.
 */
export function openWebPage(folder: string): WebPage {
  const files = readFiles(folder);
  const page: WebPage = new Hono<PageEnv>();
  const handlers = [sendFile, etag(), cacheHeaders, serveFrom(files)] as const;
  for (const path of files.keys()) if (!isVariant(path, files)) page.get(path, ...handlers);
  if (files.has(INDEX)) for (const route of ROUTES) page.get(route, ...handlers);
  return page;
}

const INDEX = '/index.html';

/** Made by the build (vite.config.ts) beside the file of the plain name; sent in its place, and never by its own name. */
const isVariant = (path: string, files: ReadonlyMap<string, File>): boolean =>
  /\.(br|gz)$/.test(path) && files.has(path.slice(0, -3));

const sendFile = createMiddleware<PageEnv>(async (c, next) => {
  await next();
  if (c.res.status === 200) c.res = sendShared(c.env.exchange, c.get('file').body, Object.fromEntries(c.res.headers));
});

/** In the place of each file, until its headers are known. */
const NO_BODY = new Uint8Array();

const serveFrom = (files: ReadonlyMap<string, File>) =>
  serveStatic<PageEnv>({
    root: '',
    precompressed: true,
    rewriteRequestPath: (path) => (files.has(path) ? path : INDEX),
    // Asked for the plain file first and then for the variant: the headers of the last one count.
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
    // Not built: the API works without the page, and "/" says what to do.
    return new Map();
  }
  return new Map(
    names
      .map((name) => ({ name, path: `/${relative(folder, name).split(sep).join('/')}` }))
      // Left there by a tool or a person, and meant for nobody.
      .filter(({ path }) => !/\/\.(?!well-known\/)/.test(path))
      .map(({ name, path }) => {
        const body = readFileSync(name);
        const hash = createHash('sha256').update(body).digest('base64url').slice(0, 20);
        return [path, { body, etag: `"${hash}"` }];
      }),
  );
}
