import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebPage } from '../../src/server/http/rest/web-page.ts';
import { head } from './requests.ts';
import { startFakeServer } from './fake-server.ts';

const FILE_BYTES = 9 * 1024 * 1024;
const READERS = 20;

let folder: string;
let server: Awaited<ReturnType<typeof startFakeServer>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-shared-'));
  writeFileSync(join(folder, 'index.html'), Buffer.alloc(FILE_BYTES, 'a'));
  server = await startFakeServer({ graphiql: true, webPage: openWebPage(folder) });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** A client that does not read the body. */
async function slowReader(path: string) {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(head(`GET ${path} HTTP/1.1`, 'Accept: text/html'));
  await once(socket, 'readable');
  return socket;
}

test('slow clients of GraphiQL and of a large file share one copy in memory', async () => {
  const paths = ['/graphql', '/index.html'];
  const first = await Promise.all(paths.map(slowReader));
  const before = process.memoryUsage().arrayBuffers;
  const readers = await Promise.all(paths.flatMap((path) => Array.from({ length: READERS }, () => slowReader(path))));
  const growth = process.memoryUsage().arrayBuffers - before;
  for (const reader of [...first, ...readers]) reader.destroy();
  expect(growth).toBeLessThan((READERS * FILE_BYTES) / 4);
});
