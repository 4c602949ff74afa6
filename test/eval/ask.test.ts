import { firstDialect } from '../../src/adapters/model/dialect.ts';
import { expect, test } from 'vitest';
import type { ModelReply, ModelRequest } from '../../src/adapters/model.ts';
import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../../src/entities/provider-failure.ts';
import { askSheet, type Stop } from '../../eval/ask.ts';
import { callsUpTo } from '../../eval/calls.ts';
import { countReplies } from '../../eval/spent.ts';
import { FACTS } from '../consumers/looks.ts';
import { replyOf, seenOf } from './seen.ts';

const { sheet } = seenOf();
const reply = (text = JSON.stringify(replyOf())): ModelReply => ({
  text,
  cutOff: false,
  finishReason: 'stop',
  model: 'one',
  promptTokens: 100,
  completionTokens: 10,
  reasoningTokens: null,
  cachedTokens: null,
});
const DIALECT = firstDialect({}, 16_000);
const failure = () => new ProviderFailure('the model failed', { mayHaveCharged: true, delayMs: 0 });

const PRICE = { currency: 'EUR', prompt: 1_000, cachedPrompt: 1_000, completion: 10_000 };
const countReply = countReplies('one', new Map([['one', PRICE]]));

/** Asks with these replies and errors, in this order. */
async function ask(script: (ModelReply | Error)[], callsMax = 10, stop: Stop = {}) {
  const requests: ModelRequest[] = [];
  const model = {
    dialect: DIALECT,
    async ask(request: ModelRequest) {
      const next = script[requests.push(request) - 1];
      if (next === undefined || next instanceof Error) throw next ?? new Error('no call is scripted');
      return next;
    },
  };
  return { ...(await askSheet(sheet, { model, calls: callsUpTo(callsMax), countReply, stop })), requests, stop };
}

test('a reply that fits at once', async () => {
  expect(await ask([reply()])).toMatchObject({
    end: 'first',
    why: '',
    reply: replyOf(),
    spent: { calls: 1, promptTokens: 100, completionTokens: 10, cost: { EUR: 0.2 } },
  });
});

test('a reply that fits after the repair costs both', async () => {
  const { end, texts, spent, requests } = await ask([reply('nonsense'), reply()]);
  expect({ end, texts: texts.length, spent }).toEqual({
    end: 'repair',
    texts: 2,
    spent: { calls: 2, promptTokens: 200, completionTokens: 20, cost: { EUR: 0.4 } },
  });
  expect(requests.map(({ idempotencyKey }) => idempotencyKey.slice(-3))).toEqual(
    [':1:0', ':1:1'].map((key) => key.slice(-3)),
  );
});

test('no reply that fits, and a refusal of the model', async () => {
  expect(await ask([reply('nonsense'), reply('{}')])).toMatchObject({ end: 'never', reply: undefined });
  expect(await ask([new ModelRefusal({ promptTokens: 5, completionTokens: 0 })])).toMatchObject({
    end: 'refused',
    spent: { calls: 1, promptTokens: 5 },
  });
});

test('a call that fails is repeated, and a reply that was paid for is kept for its repair', async () => {
  expect(await ask([failure(), new ProviderPause({ delayMs: 0 }), reply()])).toMatchObject({
    end: 'first',
    spent: { calls: 3, promptTokens: 100 },
  });
  const { end, requests } = await ask([reply('nonsense'), failure(), reply()]);
  expect(end).toBe('repair');
  expect(requests.map(({ messages }) => messages.length)).toEqual([2, 4, 4]);
});

test('after four tries a sheet has failed, and the next one is asked', async () => {
  const { end, why, requests, stop } = await ask(Array.from({ length: 9 }, failure));
  expect({ end, why, calls: requests.length, stop }).toEqual({
    end: 'failed',
    why: 'the model failed',
    calls: 4,
    stop: {},
  });
});

test.each(['quota', 'configuration'] as const)('a refusal because of the %s stops the run', async (reason) => {
  const { end, why, requests, stop } = await ask([new ProviderRefusal(reason, FACTS)]);
  expect({ end, calls: requests.length }).toEqual({ end: 'unasked', calls: 1 });
  expect(why).toContain(reason);
  expect(await ask([reply()], 10, stop)).toMatchObject({ end: 'unasked', why, requests: [] });
});

test('nothing is sent after the calls are used up, not even a repair', async () => {
  for (const callsMax of [1, 0]) {
    const { end, why, requests } = await ask([reply('nonsense'), reply()], callsMax);
    expect({ end, why, calls: requests.length }).toEqual({
      end: 'unasked',
      why: `--max-calls ${callsMax} is used up`,
      calls: callsMax,
    });
  }
});

test('the words of an unknown error are not told, since they may quote the key', async () => {
  const { end, why } = await ask([new Error('wrong key sk-secret')]);
  expect(end).toBe('failed');
  expect(why).not.toContain('sk-secret');
});
