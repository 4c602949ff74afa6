import { setImmediate as nextRound } from 'node:timers/promises';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ProviderFailure } from '../../../src/entities/provider-failure.ts';
import { rawBody, type Behaviour } from '../../support/model-behaviours.ts';
import { eventOf } from '../../support/model-replies.ts';
import { delta, kinds, openWorld, request } from './asking.ts';

const MB = 1024 * 1024;
const EVENTS = 'text/event-stream';

const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const packers = {
  gzip: { once: gzipSync, stream: createGzip },
  deflate: { once: deflateSync, stream: createDeflate },
  br: { once: (text: string) => brotliCompressSync(text, fast), stream: () => createBrotliCompress(fast) },
  zstd: { once: zstdCompressSync, stream: createZstdCompress },
};
const codings = Object.keys(packers) as (keyof typeof packers)[];

/** A completion whose text has so many megabytes, in one piece or as an event, packed. */
async function bomb(coding: keyof typeof packers, megabytes: number, isStream: boolean): Promise<Buffer> {
  const [head = '', tail = ''] = (isStream ? eventOf(delta('|', 'stop')) : completion('|')).split('|');
  const parts = [head, ...Array.from({ length: megabytes }, () => Buffer.alloc(MB, 'x')), tail];
  return buffer(Readable.from(parts, { objectMode: false }).pipe(packers[coding].stream()));
}

const completion = (content: string): string =>
  JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content } }] });

/** The reply to a call of one kind. Afterwards the connection is closed, or free again. */
async function replyTo(behaviour: Behaviour, kind: object) {
  await using world = await openWorld(60_000);
  world.server.script([behaviour]);
  const reply = await world.model.ask(request(kind));
  await world.server.waitFor(() => world.server.inFlight === 0, 'the connection to be closed');
  return reply;
}

/** The growth of the process's memory at its peak, in megabytes. */
async function growthDuring(work: Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 2);
  await work.finally(() => clearInterval(timer));
  return (most - before) / MB;
}

describe.each(kinds)('a reply to a call %s', (_, kind) => {
  const isStream = 'onText' in kind;
  const type = isStream ? EVENTS : 'application/json';
  const whole = (text: string): string => (isStream ? eventOf(delta(text, 'stop')) : completion(text));

  test.each(codings)('that is compressed without being asked for, by %s, is understood', async (coding) => {
    const body = packers[coding].once(whole('hi'));
    const reply = await replyTo(rawBody(body, type, { 'content-encoding': coding }), kind);
    expect(reply).toMatchObject({ text: 'hi' });
  });

  test.each<[string, string, (text: string) => string | Buffer]>([
    ['by deflate without its header', 'deflate', deflateRawSync],
    ['under a name of another case', 'X-GZip', gzipSync],
    ['by gzip without the end', 'gzip', (text) => gzipSync(text).subarray(0, -8)],
    ['by nothing', 'identity', (text) => text],
    ['by nothing, with no name', '', (text) => text],
  ])('that is declared as compressed %s is understood', async (__, coding, pack) => {
    const reply = await replyTo(rawBody(pack(whole('hi')), type, { 'content-encoding': coding }), kind);
    expect(reply).toMatchObject({ text: 'hi' });
  });

  test('that is declared as compressed and is not was most likely charged', async () => {
    await using world = await openWorld();
    world.server.script([rawBody(whole('hi'), type, { 'content-encoding': 'gzip' })]);
    await expect(world.model.ask(request(kind))).rejects.toMatchObject({ mayHaveCharged: true, countsAttempt: true });
  });

  test('with an error status and megabytes of body is that error', async () => {
    await using world = await openWorld();
    const page = 'x'.repeat(9 * MB);
    world.server.script([({ response }) => void response.writeHead(503, { 'content-type': type }).end(page)]);
    await expect(world.model.ask(request(kind))).rejects.toMatchObject({ message: 'the model provider failed (503)' });
  });

  test.each(['', 'gzip'])('whose call is aborted in the middle of the body (%j) ends at once', async (coding) => {
    await using world = await openWorld(60_000);
    const { promise: written, resolve } = Promise.withResolvers<void>();
    const start = coding === '' ? ' ' : gzipSync(whole('hi')).subarray(0, 20);
    world.server.script([
      ({ response }) => {
        response.writeHead(200, { 'content-type': type, 'content-encoding': coding }).write(start, () => resolve());
      },
    ]);
    const abort = new AbortController();
    const asked = world.model.ask(request({ ...kind, signal: abort.signal }));
    const failed = asked.catch((thrown: unknown) => thrown);
    await written;
    abort.abort('shutdown');
    expect(await failed).toMatchObject({ message: 'the model call did not end in time', mayHaveCharged: true });
    await world.server.waitFor(() => world.server.inFlight === 0, 'the connection to be closed');
  });

  test.each(codings)('that unpacks to 200 MB by %s ends at the limit, and takes little memory', async (coding) => {
    const body = await bomb(coding, 200, isStream);
    expect(body.length).toBeLessThan(MB);
    const asked = replyTo(rawBody(body, type, { 'content-encoding': coding }), kind);
    expect(await growthDuring(asked)).toBeLessThan(100);
    expect(await asked).toMatchObject({ text: '' });
  });

  test('that is compressed twice is refused before it is unpacked, with a remedy', async () => {
    await using world = await openWorld();
    const body = gzipSync(gzipSync(whole('hi')));
    world.server.script([rawBody(body, type, { 'content-encoding': 'gzip, gzip' })]);
    const error = await world.model.ask(request(kind)).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(ProviderFailure);
    expect(error).toMatchObject({ mayHaveCharged: true, countsAttempt: true });
    const told = causesOf(error).find((cause) => cause instanceof ProviderFailure && cause !== error);
    expect(told?.message).toContain('must not compress again');
  });

  test('that unpacks to nothing ends at the limit of packed bytes', async () => {
    const empty = gzipSync('');
    const body = Buffer.concat([Buffer.alloc(500_000 * empty.length, empty), gzipSync(whole('hi'))]);
    const reply = await replyTo(rawBody(body, type, { 'content-encoding': 'gzip' }), kind);
    expect(reply).toMatchObject({ text: '' });
  });

  test('with one JSON text of over 1 MB is empty: parsing it would block the event loop', async () => {
    expect(await replyTo(rawBody(whole('x'.repeat(MB - 1_000)), type), kind)).toMatchObject({
      text: expect.stringMatching(/^x+$/),
    });
    expect(await replyTo(rawBody(whole('x'.repeat(MB)), type), kind)).toMatchObject({ text: '' });
  });

  test('in a very large number of chunks is empty: each of them takes memory and time', async () => {
    const body = `${' '.repeat(250_000)}${completion('hi')}`;
    expect(await replyTo(inChunksOfOneByte(isStream ? `:${body}\n\n${whole('hi')}` : body, type), kind)).toMatchObject({
      text: '',
    });
  });

  test('with an invalid status is a failure of the provider', async () => {
    await using world = await openWorld();
    world.server.script([({ response }) => void response.writeHead(799).end('{}')]);
    await expect(world.model.ask(request(kind))).rejects.toMatchObject({ message: 'the model provider failed (599)' });
  });

  test('with a header beyond ASCII is understood', async () => {
    const header = Buffer.from('Grüße, 你好').toString('latin1');
    expect(await replyTo(rawBody(whole('hi'), type, { 'x-greeting': header }), kind)).toMatchObject({ text: 'hi' });
  });
});

describe('a stream', () => {
  const streamed = { onText: () => {} };

  test.each([
    ['comments', ':\n\n'],
    ['blank lines', '\n'],
    ['blank lines of another kind', '\r'],
    ['events of nothing', 'data:0\n\n'],
  ])('with a very large number of %s is empty', async (_, line) => {
    const body = line.repeat(250_000) + eventOf(delta('hi', 'stop'));
    expect(body.length).toBeLessThan(8 * MB);
    expect(await replyTo(rawBody(body, EVENTS), streamed)).toMatchObject({ text: '' });
  });

  test('that unpacks to over 8 MB in small events is empty', async () => {
    const body = gzipSync(eventOf(delta('x'.repeat(100 * 1024))).repeat(90) + eventOf(delta('', 'stop')));
    expect(body.length).toBeLessThan(MB);
    expect(await replyTo(rawBody(body, EVENTS, { 'content-encoding': 'gzip' }), streamed)).toMatchObject({ text: '' });
  });

  test('that was not requested, and that is one JSON text of over 1 MB, is empty', async () => {
    const body = completion('hi').replace('{', `{${`\n\n${' '.repeat(MB / 2)}`.repeat(3)}`);
    expect(await replyTo(rawBody(body, EVENTS), {})).toMatchObject({ text: '' });
  });

  test('with one event of many lines, of over 1 MB in all, is empty', async () => {
    const body = `${`data: ${' '.repeat(100)}\r\n`.repeat(11_000)}data: ${JSON.stringify(delta('hi', 'stop'))}\r\n\r\n`;
    expect(await replyTo(rawBody(body, EVENTS), streamed)).toMatchObject({ text: '' });
  });

  test.each(['\n', '\r\n', '\r'])('with an event for each of 30,000 characters is whole (%j)', async (end) => {
    const events = Array.from({ length: 30_000 }, () => eventOf(delta('x')));
    const body = [...events, eventOf(delta('', 'stop'))].join('').replaceAll('\n', end);
    expect(await replyTo(rawBody(body, EVENTS), streamed)).toMatchObject({ text: 'x'.repeat(30_000) });
  });

  test('that comes at once is read in slices, between which the event loop goes on', async () => {
    let rounds = 0;
    let counting = true;
    const count = async (): Promise<void> => {
      for (; counting; rounds++) await nextRound();
    };
    const event = eventOf(delta('x'));
    const piecesOfRound = new Map<number, number>();
    const onText = (): unknown => piecesOfRound.set(rounds, (piecesOfRound.get(rounds) ?? 0) + 1);
    const counted = count();
    await replyTo(rawBody(event.repeat(10_000) + eventOf(delta('', 'stop')), EVENTS), { onText });
    counting = false;
    await counted;
    expect(Math.max(...piecesOfRound.values())).toBeLessThanOrEqual(Math.ceil((16 * 1024) / event.length) + 1);
  });
});

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

/** Writes to the socket itself, since the server would join the chunks. */
const inChunksOfOneByte =
  (body: string, contentType: string): Behaviour =>
  async ({ response, gone }) => {
    response.writeHead(200, { 'content-type': contentType }).flushHeaders();
    const { socket } = response;
    const chunks = Buffer.from(`${body.replaceAll(/[^]/g, (byte) => `1\r\n${byte}\r\n`)}0\r\n\r\n`);
    if (socket?.write(chunks) === false && !gone.aborted) await once(socket, 'drain', { signal: gone }).catch(() => {});
    socket?.end();
  };

test('a streamed reply that unpacks to too much, and whose end does not come, is not waited for', async () => {
  const start = await bomb('gzip', 20, true);
  const unfinished: Behaviour = ({ response }) => {
    response.writeHead(200, { 'content-type': EVENTS, 'content-encoding': 'gzip' }).write(start.subarray(0, -8));
  };
  expect(await replyTo(unfinished, { onText() {} })).toMatchObject({ text: '' });
});
