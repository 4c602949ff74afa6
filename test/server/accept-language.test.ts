import { expect, test } from 'vitest';
import { acceptedLanguages } from '../../src/server/http/accept-language.ts';

test.each([
  ['is absent', undefined, []],
  ['is empty', '', []],
  ['names one language', 'de', ['de']],
  ['is that of a browser', 'de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7', ['de-AT', 'de', 'en-US', 'en']],
  ['is in another order', 'en;q=0.3, fr;q=0.900, de', ['de', 'fr', 'en']],
  ['has the same weights', 'fr;q=0.5,de;q=0.5,en', ['en', 'fr', 'de']],
  ['has spaces', ' de ; q = 0.5 ,\ten', ['en', 'de']],
  ['excludes a language', 'en;q=0,de;q=0.1,fr;q=0.000', ['de']],
  ['has a wildcard', '*;q=0.1,de', ['de', '*']],
  ['has malformed parts', 'de;q=2,fr;q=0.1234,en;q=x,<script>,it;level=1,,es', ['es']],
  ['has a language of too many letters', 'abcdefghi,de', ['de']],
  ['has more than 20 languages', Array.from({ length: 30 }, () => 'de').join(), Array.from({ length: 20 }, () => 'de')],
])('a header that %s', (_, header, languages) => {
  expect(acceptedLanguages(header)).toEqual(languages);
});
