import { expect, test } from 'vitest';
import { readNatsUrl } from '../../src/config/nats-url.ts';

const none = { hasNumber: false, user: undefined, password: undefined, token: undefined };

test.each([
  ['nats://h:4222', { ...none, servers: ['h:4222'], tls: false }],
  ['127.0.0.1:4222', { ...none, servers: ['127.0.0.1:4222'], tls: false, hasNumber: true }],
  ['h', { ...none, servers: ['h'], tls: false }],
  [' nats://a:1 , b:2/, nats://[::1]:3 ', { ...none, servers: ['a:1', 'b:2', '[::1]:3'], tls: false, hasNumber: true }],
  ['tls://a,tls://b', { ...none, servers: ['a', 'b'], tls: true }],
  ['nats://u:p%40ss@h:1', { ...none, servers: ['h:1'], tls: false, user: 'u', password: 'p@ss' }],
  ['tls://t%2Fk@h:1,tls://g', { ...none, servers: ['h:1', 'g'], tls: true, token: 't/k' }],
  ['nats://u:p@a,nats://u:p@b', { ...none, servers: ['a', 'b'], tls: false, user: 'u', password: 'p' }],
])('%s is taken apart', (text, expected) => {
  expect(readNatsUrl(text)).toEqual(expected);
});

test.each([
  ['', 'a list of'],
  [' , ', 'a list of'],
  ['http://h:4222', 'a list of'],
  ['nats://h:4222/path', 'a list of'],
  ['nats://h:4222?tls=1', 'a list of'],
  ['nats://', 'a list of'],
  ['nats://h:x', 'a list of'],
  ['tls://a,nats://b', 'tls:// and others without'],
  ['tls://a,b', 'tls:// and others without'],
  ['nats://u:geheim@a,nats://u:andere@b', 'different credentials'],
  ['nats://@h', 'credentials that are empty'],
  ['nats://u:@h', 'credentials that are empty'],
  ['nats://u:%zz@h', 'not encoded'],
])('%s is refused', (text, words) => {
  const read = readNatsUrl(text);
  expect(read).toEqual({ problem: expect.stringContaining(words) });
  expect(JSON.stringify(read)).not.toContain('geheim');
});
