import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCredentials } from '../../../src/adapters/broker/credentials.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-credentials-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const section = (kind: string, text: string): string => `-----BEGIN ${kind}-----\n${text}\n------END ${kind}------\n`;
const seed = (): string => new TextDecoder().decode(nkeys.createUser().getSeed());

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a credentials file is returned unchanged', async () => {
  const text = section('NATS USER JWT', 'eyJ0eXAi.eyJqdGki.c2ln') + section('USER NKEY SEED', seed());
  const path = file('user.creds', text);
  expect(new TextDecoder().decode(await readCredentials(path))).toBe(text);
});

test.each<[string, () => string, RegExp]>([
  ['is not there', () => join(folder, 'none.creds'), /can not be read \(ENOENT\)/],
  ['is a folder', () => folder, /a folder, a device or a large file/],
  ['has no end', () => '/dev/zero', /a folder, a device or a large file/],
  ['is below a file', () => join(file('a-file', ''), 'user.creds'), /can not be read \(ENOTDIR\)/],
  ['is far too large', () => file('large.creds', Buffer.alloc(1024 * 1024, 'a')), /a folder, a device or a large file/],
  ['is empty', () => file('empty.creds', ''), /holds no NATS credentials/],
  ['has a JWT and no seed', () => file('half.creds', section('NATS USER JWT', 'a.b.c')), /holds no NATS credentials/],
  [
    'has an invalid seed',
    () => file('wrong.creds', section('NATS USER JWT', 'a.b.c') + section('USER NKEY SEED', 'SUSECRET')),
    /holds no NATS credentials/,
  ],
])('a file that %s is refused by the name of the setting, without its content', async (_, path, words) => {
  const error: Error = await readCredentials(path()).then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  expect(error.name).toBe('StartError');
  expect(error.message).toMatch(words);
  expect(error.message).toContain('NATS_CREDS_FILE');
  expect(error.message).not.toContain('SUSECRET');
});
