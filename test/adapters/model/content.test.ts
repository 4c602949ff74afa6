import { describe, expect, test } from 'vitest';
import { rawBody, rawStream } from '../../support/model-behaviours.ts';
import { delta, failure, kinds, openWorld, request } from './asking.ts';

const REPLY = { summary: 'Well.', recommendations: [] };
const JSON_TEXT = JSON.stringify(REPLY);
const part = (text: string) => ({ type: 'text', text });

const completion = (message: unknown, given: object = {}, finish: unknown = 'stop') => ({
  choices: [{ message, finish_reason: finish }],
  ...given,
});

async function askFor(body: unknown) {
  await using world = await openWorld();
  world.server.script([rawBody(JSON.stringify(body))]);
  return await world.model.ask(request());
}

async function askStreamed(...events: unknown[]) {
  await using world = await openWorld();
  world.server.script([rawStream(...events, '[DONE]')]);
  const pieces: string[] = [];
  const reply = await world.model.ask(request({ onText: (piece) => pieces.push(piece) }));
  return { reply, pieces };
}

describe('content is read', () => {
  test.each<[string, unknown, string]>([
    ['as a text', JSON_TEXT, JSON_TEXT],
    ['as a list of one part', [part(JSON_TEXT)], JSON_TEXT],
    ['as a list of parts of one text', [part('{"sum'), part('mary":1}')], '{"summary":1}'],
    ['as a list of texts', ['{"sum', 'mary":1}'], '{"summary":1}'],
    ['as a part without a type', [{ text: 'hi' }], 'hi'],
    ['as one part without a list', part('hi'), 'hi'],
    ['as an object that was parsed already', REPLY, JSON_TEXT],
    ['after thoughts of Mistral', [{ type: 'thinking', thinking: [part('hm')] }, part('hi')], 'hi'],
    ['after thoughts in parts of their own text', [{ type: 'thinking', text: 'hm' }, part('hi')], 'hi'],
    ['after thoughts of Databricks', [{ type: 'reasoning', summary: [part('hm')] }, part('hi')], 'hi'],
    ['after other thoughts', [{ type: 'reasoning_text', text: 'hm' }, { text: 'hm', thought: true }, part('hi')], 'hi'],
    ['after hidden thoughts', [{ type: 'redacted_thinking', data: 'x' }, part('hi')], 'hi'],
    ['beside parts that are no text', [null, 42, [part('no')], { type: 'image_url' }, { text: 1 }, part('hi')], 'hi'],
  ])('%s', async (_, content, text) => {
    expect(await askFor(completion({ content }))).toMatchObject({ text });
    const { reply, pieces } = await askStreamed(delta(content), delta(null, 'stop'));
    expect(reply).toMatchObject({ text });
    expect(pieces.join('')).toBe(text);
  });

  test.each<[string, object]>([
    ['reasoning_content', { reasoning_content: 'hm {"summary":1}' }],
    ['reasoning', { reasoning: 'hm {"summary":1}', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }],
  ])('without the field %s beside it', async (_, thought) => {
    expect(await askFor(completion({ content: 'hi', ...thought }))).toMatchObject({ text: 'hi' });
    const thinks = { choices: [{ delta: { content: null, ...thought } }] };
    const { reply, pieces } = await askStreamed(thinks, delta('hi', 'stop'));
    expect([reply.text, pieces]).toEqual(['hi', ['hi']]);
  });

  test('piece by piece where the pieces are lists', async () => {
    const thought = { type: 'thinking', thinking: [part('hm')] };
    const { pieces } = await askStreamed(delta([thought]), delta([part('a')]), delta([part('b')]), delta('', 'stop'));
    expect(pieces).toEqual(['a', 'b']);
  });

  test.each<[string, unknown]>([
    ['a number', 42],
    ['nothing', null],
    ['an empty list', []],
    ['only thoughts', [{ type: 'thinking', thinking: 'hm' }]],
    ['an image', { type: 'image_url', image_url: 'x' }],
  ])('as empty if it is %s', async (_, content) => {
    expect(await askFor(completion({ content }))).toMatchObject({ text: '' });
  });

  test('as an object of any depth', async () => {
    const content = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    await using world = await openWorld();
    world.server.script([rawBody(`{"choices":[{"message":{"content":${content}}}]}`)]);
    const { text } = await world.model.ask(request());
    expect(text === content).toBe(true);
  });
});

describe.each(kinds)('%s, a reply', (_, kind) => {
  const behaviourOf = (finish: unknown, usage?: object) =>
    kind.onText === undefined
      ? rawBody(JSON.stringify(completion({ content: 'hi' }, { usage }, finish)))
      : rawStream(delta('hi', finish as string), { choices: [], usage });

  test.each([
    'content_filter',
    'Content_Filter',
    'content_filter: PROHIBITED_CONTENT',
    'SAFETY',
    'safety',
    'RECITATION',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'refusal',
    'guardrail_intervened',
  ])('that ended by %s is refused, with the tokens that it cost', async (finish) => {
    const error = await failure(behaviourOf(finish, { prompt_tokens: 9, completion_tokens: 3 }), { request: kind });
    expect(error).toMatchObject({ code: 'AI_REFUSED', usage: { promptTokens: 9, completionTokens: 3 } });
  });

  const ask = async (finish: unknown, usage?: object) => {
    await using world = await openWorld();
    world.server.script([behaviourOf(finish, usage)]);
    return await world.model.ask(request(kind));
  };

  test.each([
    ['stop', { finishReason: 'stop', cutOff: false }],
    ['STOP', { finishReason: 'stop', cutOff: false }],
    ['eos', { finishReason: 'eos', cutOff: false }],
    ['length', { finishReason: 'length', cutOff: true }],
    ['MAX_TOKENS', { finishReason: 'max_tokens', cutOff: true }],
    ['model_length', { finishReason: 'model_length', cutOff: true }],
    ['Because she said "I am tired".', { finishReason: null, cutOff: false }],
    ['x'.repeat(41), { finishReason: null, cutOff: false }],
  ])('that ended by %s says so, if it is an identifier', async (finish, expected) => {
    expect(await ask(finish)).toMatchObject({ text: 'hi', ...expected });
  });

  test('has its cached and its reasoning tokens', async () => {
    const counts = { prompt_tokens: 900, completion_tokens: 300 };
    const details = {
      prompt_tokens_details: { cached_tokens: 512 },
      completion_tokens_details: { reasoning_tokens: 200 },
    };
    expect(await ask('stop', { ...counts, ...details })).toMatchObject({ cachedTokens: 512, reasoningTokens: 200 });
    expect(await ask('stop', counts)).toMatchObject({ cachedTokens: null, reasoningTokens: null });
    const absurd = { prompt_tokens_details: 'none', completion_tokens_details: { reasoning_tokens: -1 } };
    expect(await ask('stop', { ...counts, ...absurd })).toMatchObject({ cachedTokens: null, reasoningTokens: null });
  });
});

test('a refusal within a part of the content is a refusal', async () => {
  const content = [{ type: 'refusal', refusal: 'I cannot.' }];
  const error = await failure(rawBody(JSON.stringify(completion({ content }))));
  expect(error).toMatchObject({ code: 'AI_REFUSED' });
});
