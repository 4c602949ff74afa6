import { expect, test } from 'vitest';
import { ProviderRefusal } from '../../../src/entities/provider-failure.ts';
import { wordsIn } from '../../../src/adapters/model/words.ts';
import { status } from '../../support/model-behaviours.ts';
import { openWorld, request } from './asking.ts';

test.each<[string, unknown, string | null]>([
  ['an error object', { error: { message: 'API key not valid.', code: 400 } }, 'API key not valid.'],
  ['a list', [{ error: { message: 'API key not valid.' } }], 'API key not valid.'],
  ['an error that is a text', { error: 'Invalid model identifier.' }, 'Invalid model identifier.'],
  [
    'a detail',
    { detail: [{ msg: 'Extra inputs are not permitted', loc: ['body'] }] },
    'Extra inputs are not permitted',
  ],
  ['plain text', '404 page not found', '404 page not found'],
  ['a page', '<html>Sign in</html>', null],
  ['nothing', '', null],
  ['numbers', { message: 5 }, null],
  ['line breaks and invisible characters', { message: 'one\n\ttwo\u202Ethree' }, 'one two three'],
])('the words of a refusal are found in %s', (_, body, words) => {
  expect(wordsIn(body, [])).toBe(words);
});

test('at most 300 characters are told, and a deep body tells nothing', () => {
  expect(wordsIn({ message: 'x'.repeat(10_000) }, [])).toBe('x'.repeat(300));
  expect(wordsIn({ error: { error: { error: { error: { error: 'deep' } } } } }, [])).toBeNull();
});

test('a key is not told, whole, masked or in parts', () => {
  const secrets = ['sk-proj-abcdefgh1234'];
  expect(wordsIn({ message: 'Incorrect API key provided: sk-proj-abcdefgh1234.' }, secrets)).toBe(
    'Incorrect API key provided: …',
  );
  expect(wordsIn({ message: 'Incorrect key: sk-p*****1234 or …1234' }, secrets)).toBe('Incorrect key: … or …');
});

test('a refusal of a made-up request has the words; that of a person has not', async () => {
  await using world = await openWorld();
  const refused = status(401, { message: 'No such key: sk-test', type: 'invalid_api_key' });
  world.server.script(() => refused);
  const { length: _, ...asked } = request();
  const told = { onCharged: () => {}, onReply: () => {} };
  await expect(world.model.learn(asked, told)).rejects.toMatchObject({ facts: { words: 'No such key: …' } });
  const person = await world.model.ask(request()).catch((error: unknown) => error);
  expect(person).toBeInstanceOf(ProviderRefusal);
  expect(person).toMatchObject({ facts: { code: 'invalid_api_key', words: null } });
});
