import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDatabaseUrl, type DatabaseServer } from '../../src/config/database-url.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nYQ==\n-----END PRIVATE KEY-----\n';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-url-'));
  writeFileSync(file('ca.pem'), PEM);
  writeFileSync(file('key.pem'), KEY);
  writeFileSync(file('locked.pem'), '-----BEGIN ENCRYPTED PRIVATE KEY-----\nYQ==\n');
  writeFileSync(file('text'), 'none');
  writeFileSync(file('empty'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): DatabaseServer {
  const found = readDatabaseUrl(text);
  if ('server' in found) return found.server;
  throw new Error(found.problems.join('; '));
}
const problemsOf = (text: string): string[] => {
  const found = readDatabaseUrl(text);
  return 'problems' in found ? found.problems : [];
};
const withParameters = (query: string): DatabaseServer => read(`postgres://h/d?${query.replaceAll('@', folder)}`);

test('host, port, user, password and database are decoded, and what is left out is undefined', () => {
  expect(read('postgresql://us%40er:p%3A%2F@[::1]:5433/d%20b')).toMatchObject({
    hosts: [{ host: '::1', port: 5433 }],
    user: 'us@er',
    password: 'p:/',
    database: 'd b',
  });
  expect(read('postgres://h/d')).toEqual({
    hosts: [{ host: 'h', port: undefined }],
    user: undefined,
    password: undefined,
    database: 'd',
    tls: undefined,
    options: undefined,
    applicationName: undefined,
    connectTimeoutMs: undefined,
    writable: false,
  });
  expect(read('postgres://%2Frun%2Fpostgresql/d').hosts).toEqual([{ host: '/run/postgresql', port: undefined }]);
  expect(read('postgres://u:a@b@h/d')).toMatchObject({ user: 'u', password: 'a@b', hosts: [{ host: 'h' }] });
});

test('parameters are read as libpq reads them', () => {
  expect(withParameters('options=-c%20search_path%3Dapp+x&application_name=a%26b&connect_timeout=7')).toMatchObject({
    options: '-c search_path=app+x',
    applicationName: 'a&b',
    connectTimeoutMs: 7_000,
  });
});

test('several servers are tried in turn for one that accepts writes', () => {
  expect(read('postgres://one:1,two,[::1]:3/d?target_session_attrs=read-write')).toMatchObject({
    hosts: [
      { host: 'one', port: 1 },
      { host: 'two', port: undefined },
      { host: '::1', port: 3 },
    ],
    writable: true,
  });
  expect(withParameters('target_session_attrs=primary').writable).toBe(true);
  expect(withParameters('target_session_attrs=any').writable).toBe(false);
});

const plain = { authority: undefined, certificate: undefined, key: undefined };
test.each<[string, DatabaseServer['tls']]>([
  ['sslmode=disable', false],
  ['sslmode=require', { ...plain, checks: 'nothing' }],
  ['sslmode=require&sslrootcert=@/ca.pem', { ...plain, checks: 'authority', authority: PEM }],
  ['sslmode=verify-ca&sslrootcert=@/ca.pem', { ...plain, checks: 'authority', authority: PEM }],
  ['sslmode=verify-full', { ...plain, checks: 'authority and name' }],
  ['sslmode=verify-full&sslrootcert=system', { ...plain, checks: 'authority and name' }],
  [
    'sslmode=verify-full&sslrootcert=@/ca.pem&sslcert=@/ca.pem&sslkey=@/key.pem',
    { checks: 'authority and name', authority: PEM, certificate: PEM, key: KEY },
  ],
])('%s checks what libpq checks', (query, tls) => {
  expect(withParameters(query).tls).toEqual(tls);
});

test.each([
  ['http://h/d', 'postgres://'],
  ['postgres://h', 'no database'],
  ['postgres://h/', 'no database'],
  ['postgres:///d', 'no host'],
  ['postgres://h:70000/d', 'port'],
  ['postgres://h:x/d', 'port'],
  ['postgres://one,,two/d?target_session_attrs=primary', 'no host'],
  ['postgres://one,two/d', 'several servers'],
  ['postgres://u:%zz@h/d', 'encodes nothing in the password'],
  ['postgres://h/a/b', 'more than the name'],
  ['postgres://h/d?schema=app', 'the parameter schema'],
  ['postgres://h/d?sslmode=require&channel_binding=require', 'the parameter channel_binding'],
  ['postgres://h/d?ssl=true', 'the parameter ssl'],
  ['postgres://h/d?SSLMODE=require', 'the parameter SSLMODE'],
  ['postgres://h/d?=x', 'without a proper name'],
  ['postgres://h/d?options=a&options=b', 'options twice'],
  ['postgres://h/d?options=', 'options without'],
  ['postgres://h/d?sslmode=prefer', 'sslmode=prefer'],
  ['postgres://h/d?sslmode=allow', 'sslmode=allow'],
  ['postgres://h/d?sslmode=geheim', 'sslmode other than'],
  ['postgres://h/d?sslmode=verify-ca', 'needs sslrootcert'],
  ['postgres://h/d?sslrootcert=@/ca.pem', 'without sslmode'],
  ['postgres://h/d?sslmode=require&sslrootcert=system', 'sslrootcert=system'],
  ['postgres://h/d?sslmode=require&sslcert=@/ca.pem', 'sslcert and sslkey together'],
  ['postgres://h/d?sslmode=verify-full&sslrootcert=@/none', 'sslrootcert that can not be read (ENOENT)'],
  ['postgres://h/d?sslmode=verify-full&sslrootcert=@', 'sslrootcert that is a folder'],
  ['postgres://h/d?sslmode=verify-full&sslrootcert=@/text', 'sslrootcert that holds no certificate'],
  ['postgres://h/d?sslmode=verify-full&sslrootcert=@/empty', 'sslrootcert that is empty'],
  ['postgres://h/d?sslmode=require&sslcert=@/ca.pem&sslkey=@/text', 'sslkey that holds no private key'],
  ['postgres://h/d?sslmode=require&sslcert=@/ca.pem&sslkey=@/locked.pem', 'sslkey that is protected'],
  ['postgres://h/d?connect_timeout=0', 'connect_timeout'],
  ['postgres://h/d?connect_timeout=soon', 'connect_timeout'],
  ['postgres://h/d?target_session_attrs=standby', 'target_session_attrs'],
])('%s is refused by the name of the part', (url, words) => {
  const problems = problemsOf(url.replaceAll('@/', `${folder}/`).replace(/@$/, folder));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
  expect(problems[0]).not.toContain('geheim');
  expect(problems[0]).not.toContain(folder);
});
