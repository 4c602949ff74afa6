import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  reply,
  brokenStream,
  cutOff,
  garbage,
  onePiece,
  rawBody,
  rawStream,
  type Behaviour,
} from '../../support/model-behaviours.ts';
import { ProviderRefusal } from '../../../src/entities/provider-failure.ts';
import { eventOf } from '../../support/model-replies.ts';
import { delta, openWorld, request } from './asking.ts';

/** The reply, and the pieces of text as they came. */
async function ask(behaviour: Behaviour) {
  await using world = await openWorld();
  world.server.script([behaviour]);
  const pieces: string[] = [];
  const answered = await world.model.ask(request({ onText: (piece) => pieces.push(piece) }));
  return { ...answered, pieces, call: world.server.calls[0] };
}

const NOTHING = { text: '', cutOff: false, model: 'asked-for', promptTokens: null, completionTokens: null };

test('a call with a receiver of text is streamed, and its reply is the same as in one piece', async () => {
  await using world = await openWorld();
  const plain = await world.model.ask(request());
  const pieces: string[] = [];
  expect(await world.model.ask(request({ onText: (piece) => pieces.push(piece) }))).toEqual(plain);
  expect(pieces.length).toBeGreaterThan(4);
  expect(pieces.join('')).toBe(plain.text);
  const [first, second] = world.server.calls;
  expect(second?.body).toEqual({ ...first?.body, stream: true, stream_options: { include_usage: true } });
});

test('text is passed on as it comes, not at the end', async () => {
  await using world = await openWorld();
  world.server.script([brokenStream('hang')]);
  const abort = new AbortController();
  const { promise: heard, resolve } = Promise.withResolvers<string>();
  const asked = world.model.ask(request({ signal: abort.signal, onText: resolve }));
  expect(await heard).toContain('{');
  abort.abort('shutdown');
  await expect(asked).rejects.toMatchObject({ name: 'RetryLater', mayHaveCharged: true });
  await world.server.waitFor(() => world.server.inFlight === 0, 'the connection to be closed');
});

test('a provider without streams is understood', async () => {
  const { text, pieces, promptTokens, call } = await ask(onePiece({ summary: 'mine' }));
  expect(text).toContain('mine');
  expect(promptTokens).toBe(120);
  expect([call?.stream, pieces]).toEqual([true, []]);
});

test.each<[string, Behaviour]>([
  ['a page', rawBody('<html>Sign in</html>', 'text/html')],
  ['a page that says to be JSON', rawBody('<html>Sign in</html>')],
  ['no event at all', rawBody('', 'text/event-stream')],
  ['JSON that says to be a stream', rawBody('{"choices":[]}', 'text/event-stream')],
  ['only the end', rawStream('[DONE]')],
  ['events that are no completions', rawStream(null, 42, [], { choices: {} }, { choices: [] })],
  ['an empty body that says to be JSON', rawBody('')],
  ['an error that is a text, in one piece', rawBody('{"error":"Unexpected endpoint or method"}')],
])('%s is no completion: the address is wrong, or all calls fail in the same way', async (_, behaviour) => {
  const error: unknown = await ask(behaviour).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProviderRefusal);
  expect(error).toMatchObject({
    reason: 'configuration',
    isFree: false,
    facts: { status: 200, code: 'no_completion' },
  });
});

describe('a useless reply', () => {
  test.each<[string, Behaviour]>([
    ['megabytes', rawStream(delta('x'.repeat(9 * 1024 * 1024)), delta(null, 'stop'))],
    ['megabytes in small pieces', rawStream(...Array.from({ length: 90 }, () => delta('x'.repeat(100 * 1024))))],
  ])('%s is an empty reply, not an error', async (_, behaviour) => {
    expect(await ask(behaviour)).toMatchObject(NOTHING);
  });

  test('any text is returned unchanged', async () => {
    expect(await ask(garbage('```json\n{}\n```'))).toMatchObject({ text: '```json\n{}\n```', cutOff: false });
    expect(await ask(cutOff())).toMatchObject({ cutOff: true });
  });
});

describe('a variant of the protocol is understood:', () => {
  test.each<[string, readonly unknown[]]>([
    ['the reason with the last piece', [delta('a'), delta('b', 'stop')]],
    ['the same reason with each piece', [delta('a', 'stop'), delta('b', 'stop')]],
    ['an empty reason with each piece', [delta('a', ''), delta('b', ''), delta('', 'stop')]],
    ['a message in place of a delta', [{ choices: [{ message: { content: 'ab' }, finish_reason: 'stop' }] }]],
    ['a first piece without a choice', [{ model: '', choices: [] }, delta('ab', 'stop')]],
    ['no end after the reason', [delta('ab'), delta(null, 'stop'), '']],
    ['garbage after the reason', [delta('ab', 'stop'), '{"choices"']],
    ['an error after the reason', [delta('ab', 'stop'), { error: { message: 'late' } }]],
  ])('%s', async (_, events) => {
    expect(await ask(rawStream(...events))).toMatchObject({ ...NOTHING, text: 'ab' });
  });

  test('comments that keep the connection open', async () => {
    const body = `: PROCESSING\n\ndata: ${JSON.stringify(delta('ab', 'stop'))}\n\n: PROCESSING\n\ndata: [DONE]\n\n`;
    expect(await ask(rawBody(body, 'text/event-stream; charset=utf-8'))).toMatchObject({ text: 'ab' });
  });

  test.each([
    ['missing', reply({}, { usage: null }), null],
    ['absurd', reply({}, { usage: { prompt_tokens: -1, completion_tokens: 1e300, total_tokens: 0 } }), null],
    ['in order', reply({}, { usage: { prompt_tokens: 7, completion_tokens: 7, total_tokens: 14 } }), 7],
    [
      'before the last piece',
      rawStream(
        { ...delta('a', 'stop'), usage: { prompt_tokens: 3, completion_tokens: 3 } },
        { choices: [], usage: null },
      ),
      3,
    ],
    [
      'with each piece',
      rawStream(
        { ...delta('a'), usage: { prompt_tokens: 3, completion_tokens: 1 } },
        { ...delta('b', 'stop'), usage: { prompt_tokens: 3, completion_tokens: 3 } },
      ),
      3,
    ],
  ])('usage that is %s', async (_, behaviour, tokens) => {
    expect(await ask(behaviour)).toMatchObject({ promptTokens: tokens, completionTokens: tokens });
  });

  test('the model’s name in a later piece', async () => {
    const events = [{ ...delta('a'), model: '' }, { ...delta('b'), model: 'gpt-real' }, delta('', 'stop')];
    expect(await ask(rawStream(...events))).toMatchObject({ model: 'gpt-real' });
  });
});

const JSON_TEXT = '{"summary":"a","recommendations":[{"title":"b"}]}';

test.each<[string, Behaviour]>([
  ['ends', brokenStream('end', { at: 1 })],
  ['is reset', brokenStream('reset', { at: 1 })],
  ['has an error', brokenStream({ error: { message: 'late' } }, { at: 1 })],
  ['has garbage', brokenStream({ raw: 'data: {"choices\n\n' }, { at: 1 })],
])(
  'a JSON object that came as a whole, without a reason for its end, is complete if the stream then %s',
  async (_, by) => {
    const given = await ask(by);
    expect(given).toMatchObject({ cutOff: false, finishReason: null });
    expect(JSON.parse(given.text)).toMatchObject({ summary: expect.any(String) });
  },
);

test.each([
  ['in a fence', `\`\`\`json\n${JSON_TEXT}\n\`\`\``],
  ['in prose', `Here it is: ${JSON_TEXT} Good luck!`],
  ['after a thought', `Perhaps {"summ</think>${JSON_TEXT}`],
])('a JSON object %s is complete without a reason for its end', async (_, text) => {
  expect(await ask(rawStream(delta(text.slice(0, 30)), delta(text.slice(30)), '[DONE]'))).toMatchObject({ text });
  expect(await ask(rawStream(delta(text)))).toMatchObject({ text });
});

test.each([
  ['stays open', ''],
  ['goes on with empty pieces', eventOf(delta(''))],
])('a whole JSON object without a reason for its end is not waited for if the stream %s', async (_, more) => {
  await using world = await openWorld(60_000);
  world.server.script([goingOnAfter([delta(JSON_TEXT.slice(0, 9)), delta(JSON_TEXT.slice(9))], more)]);
  const started = performance.now();
  expect(await world.model.ask(request({ onText: () => {} }))).toMatchObject({ text: JSON_TEXT });
  expect(performance.now() - started).toBeLessThan(20_000);
  await world.server.waitFor(() => world.server.inFlight === 0, 'the connection to be closed');
});

test.each([
  ['within the JSON', [JSON_TEXT.slice(0, -2), JSON_TEXT.slice(-2)]],
  ['after an object in prose', ['I could write {"summary":1}, but', `</think>${JSON_TEXT}`]],
])('a stream that pauses %s is waited for', async (_, [first, second]) => {
  await using world = await openWorld();
  world.server.script([
    async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(eventOf(delta(first)));
      await pause(1_500);
      response.end(eventOf(delta(second)));
    },
  ]);
  expect(await world.model.ask(request({ onText: () => {} }))).toMatchObject({ text: `${first}${second}` });
});

test.each([
  ['stays open', ''],
  ['goes on with comments', ': PROCESSING\n\n'],
  ['goes on with empty pieces', eventOf(delta(''))],
  ['goes on with events of something else', eventOf({ choices: [] })],
])('the rest of a reply whose stream %s after its end is not waited for', async (_, more) => {
  await using world = await openWorld(60_000);
  world.server.script([goingOnAfter([delta('a', 'stop'), delta('b', 'stop')], more)]);
  const started = performance.now();
  expect(await world.model.ask(request({ onText: () => {} }))).toMatchObject({ text: 'ab' });
  expect(performance.now() - started).toBeLessThan(20_000);
  await world.server.waitFor(() => world.server.inFlight === 0, 'the connection to be closed');
});

test('the usage that comes after the end is waited for', async () => {
  await using world = await openWorld();
  world.server.script([
    async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(eventOf(delta('ab', 'stop')));
      await pause(200);
      response.end(eventOf({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 3 } }));
    },
  ]);
  expect(await world.model.ask(request({ onText: () => {} }))).toMatchObject({ text: 'ab', completionTokens: 3 });
});

test('a reply whose text goes on after a first reason to end is complete', async () => {
  await using world = await openWorld();
  world.server.script([
    async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const letter of 'abcde') {
        response.write(eventOf(delta(letter, 'stop')));
        // oxlint-disable-next-line no-await-in-loop -- one piece after another
        await pause(400);
      }
      response.end();
    },
  ]);
  expect(await world.model.ask(request({ onText: () => {} }))).toMatchObject({ text: 'abcde' });
});

/** Writes `more` every 20 ms until the connection is closed. */
const goingOnAfter =
  (events: readonly unknown[], more: string): Behaviour =>
  ({ response, settle, gone }) => {
    settle({ outcome: 'hung' });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events.map(eventOf).join(''));
    const timer = setInterval(() => response.write(more), 20);
    gone.addEventListener('abort', () => clearInterval(timer));
  };
