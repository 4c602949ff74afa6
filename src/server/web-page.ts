import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

type File = { body: Buffer; type: string; etag: string; immutable: boolean };

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Serves the built web page from memory: a folder of known files, read once. False: there is no such file. */
export type WebPage = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

export function openWebPage(folder: string): WebPage {
  const files = readFiles(folder);
  const index = files.get('/index.html');
  return (request, response, path) => {
    // The page's own routes have no file: the page looks at the address itself.
    const file = files.get(path) ?? (isRoute(path) ? index : undefined);
    if (file === undefined) return false;
    response.setHeader('etag', file.etag);
    response.setHeader('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (request.headers['if-none-match'] === file.etag) response.writeHead(304).end();
    else {
      response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length });
      response.end(request.method === 'HEAD' ? undefined : file.body);
    }
    return true;
  };
}

const isRoute = (path: string): boolean => path === '/' || /^\/(take|assessments)\/[\w.@-]+\/?$/.test(path);

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
    names.map((name) => {
      const body = readFileSync(name);
      const path = `/${relative(folder, name).split(sep).join('/')}`;
      return [
        path,
        {
          body,
          type: TYPES[extname(name)] ?? 'application/octet-stream',
          etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`,
          // Vite puts the content's hash into these names.
          immutable: path.startsWith('/assets/'),
        },
      ];
    }),
  );
}
