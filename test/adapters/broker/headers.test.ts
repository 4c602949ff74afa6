import { headers } from 'nats';
import { expect, test } from 'vitest';
import { messageHeaders } from '../../../src/adapters/broker/headers.ts';

const textOf = (values: Record<string, string | undefined>): string =>
  new TextDecoder().decode((messageHeaders(values) as unknown as { encode(): Uint8Array }).encode());

/** The same headers by the client's own class. */
function byClient(values: Record<string, string>): string {
  const own = headers();
  for (const [name, value] of Object.entries(values)) own.set(name, value);
  return (own as unknown as { toString(): string }).toString();
}

test('headers are encoded exactly as by the client', () => {
  const values = { 'Nats-Msg-Id': 'an-id:1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  expect(textOf(values)).toBe(byClient(values));
  expect(textOf({ ...values, 'Nats-Expected-Last-Subject-Sequence': undefined })).toBe(byClient(values));
});

test.each(['', 'a\r\nNats-Rollup: all', 'a\nb', 'a\rb', 'a\0', 'é'])(
  'a value that can not stand in a header is left out: %j',
  (value) => {
    expect(textOf({ 'Nats-Msg-Id': 'an-id:1', traceparent: value })).toBe(byClient({ 'Nats-Msg-Id': 'an-id:1' }));
  },
);
