import { describe, expect, test } from 'vitest';
import { preferredLanguage, sameLanguage } from '../../src/entities/languages.ts';

const OFFERED = ['en', 'de', 'pt-BR', 'zh-Hant'];

describe('of en, de, pt-BR and zh-Hant', () => {
  test.each([
    ['nothing', [], undefined],
    ['a language that is offered', ['de'], 'de'],
    ['one that is not', ['fr'], undefined],
    ['several', ['fr', 'de', 'en'], 'de'],
    ['a region that is not offered', ['de-AT'], 'de'],
    ['a region before another language', ['de-AT', 'en'], 'de'],
    ['a script and a region', ['zh-Hant-TW'], 'zh-Hant'],
    ['an extension', ['de-AT-u-co-phonebk'], 'de'],
    ['an extension of one letter is no language', ['x-de'], undefined],
    ['other letters', ['DE-at'], 'de'],
    ['a region that is offered', ['pt-br'], 'pt-BR'],
    ['less than what is offered', ['pt'], undefined],
    ['anything', ['*'], 'en'],
    ['a language, then anything', ['fr', '*'], 'en'],
    ['anything, after one that is offered', ['de', '*'], 'de'],
    ['more than 100 characters', [`de${'-a'.repeat(50)}`], undefined],
    ['a part of a subtag', ['d'], undefined],
  ])('%s', (_, ranges, language) => {
    expect(preferredLanguage(OFFERED, ranges)).toBe(language);
  });
});

test('a tag is found without regard to case, and as a whole only', () => {
  expect(['PT-br', 'de', 'de-AT', 'pt', ''].map((asked) => sameLanguage(OFFERED, asked))).toEqual([
    'pt-BR',
    'de',
    undefined,
    undefined,
    undefined,
  ]);
});
