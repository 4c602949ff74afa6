import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createImages } from '../../src/assessments/images.ts';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import type { StoredImage } from '../../src/adapters/database.ts';
import { storeOf, versionsOf, withImage } from '../support/questionnaires.ts';
import { fakeServices, IMAGE } from './fake-services.ts';
import { startFakeServer } from './fake-server.ts';

let server: Awaited<ReturnType<typeof startFakeServer>>;
beforeAll(async () => {
  server = await startFakeServer({ services: fakeServices().services });
});
afterAll(() => server[Symbol.asyncDispose]());

const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}/api/images/${path}`, init);
const HEADERS = {
  'content-type': 'image/png',
  'content-length': String(IMAGE.bytes.length),
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  vary: 'origin',
  etag: `"${IMAGE.sha256}"`,
};

test('an image is sent with its type and may be kept for ever', async () => {
  const response = await get(IMAGE.sha256);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(IMAGE.bytes);
});

test('HEAD has the same headers and no body', async () => {
  const response = await get(IMAGE.sha256, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS);
});

test.each([
  ['the ETag', HEADERS.etag, 304],
  ['a weak one', `W/${HEADERS.etag}`, 304],
  ['one of several', `"x", ${HEADERS.etag}`, 304],
  ['any', '*', 304],
  ['another', '"x"', 200],
])('If-None-Match with %s gets %s: %i', async (_, tag, status) => {
  const response = await get(IMAGE.sha256, { headers: { 'if-none-match': tag } });
  expect(response.status).toBe(status);
  expect((await response.arrayBuffer()).byteLength).toBe(status === 304 ? 0 : IMAGE.bytes.length);
  expect(response.headers.get('etag')).toBe(HEADERS.etag);
  expect(response.headers.get('content-length')).toBe(status === 304 ? null : String(IMAGE.bytes.length));
});

describe('there is no image', () => {
  test.each([
    ['of an unknown hash', 'b'.repeat(64)],
    ['of a hash in capitals', IMAGE.sha256.toUpperCase()],
    ['of a part of a hash', IMAGE.sha256.slice(1)],
    ['of another path', '..%2f..%2fpackage.json'],
    ['below an image', `${IMAGE.sha256}/x`],
    ['without a hash', ''],
  ])('%s', async (_, path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

test('another method is refused', async () => {
  const response = await get(IMAGE.sha256, { method: 'DELETE' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('images are read once, and those of more than 32 MB are not all kept', async () => {
  const reads: string[] = [];
  const bytes = Buffer.alloc(10 * 1024 * 1024);
  const find = async (sha256: string): Promise<StoredImage> => {
    reads.push(sha256);
    return { sha256, type: 'image/png', bytes };
  };
  const images = createImages({ find }, { hasImage: async () => true });
  for (const name of ['a', 'a', 'b', 'c', 'd', 'd', 'a']) await images.find(name);
  expect(reads).toEqual(['a', 'b', 'c', 'd', 'a']);
});

test('an image that no published version has is not read, and the list of versions once a second at most', async () => {
  const reads: string[] = [];
  const find = async (sha256: string): Promise<StoredImage> => {
    reads.push(sha256);
    return { ...IMAGE, sha256 };
  };
  let [now, published] = [0, versionsOf(withImage('old'))];
  const store = storeOf(() => published);
  const versions = async () => {
    reads.push('versions');
    return await store.versions();
  };
  const images = createImages(
    { find },
    createQuestionnaires(published, { ...store, versions }, () => now),
  );
  expect(await images.find('old')).toMatchObject({ sha256: 'old' });
  for (let count = 0; count < 100; count++) expect(await images.find(`unknown ${count}`)).toBeUndefined();
  expect(await images.find('new')).toBeUndefined();
  published = versionsOf(withImage('old'), { ...withImage('new'), version: 2 });
  now = 1_000;
  expect(await images.find('new')).toMatchObject({ sha256: 'new' });
  expect(reads).toEqual(['old', 'versions', 'versions', 'new']);
});
