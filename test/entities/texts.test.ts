import { expect, test } from 'vitest';
import { StartError } from '../../src/own-error.ts';
import { checkTexts, languageOfFile, type OperatorTexts } from '../../src/entities/texts.ts';
import { texts } from '../support/questionnaires.ts';

const en = texts.get('en') as OperatorTexts;

function problemsOf(value: unknown): readonly string[] {
  try {
    checkTexts(value, 'my/en.json');
    return [];
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return error.problems;
  }
}

const withHelp = (contact: object): unknown => ({ ...en, help: { ...en.help, contacts: [contact] } });

test.each([
  [
    'no member at all',
    {},
    ['help: is missing', 'privacy: is missing', 'contact: is missing', 'distressWords: is missing'],
  ],
  ['a list', [], ['has to be an object']],
  ['an unknown member', { ...en, helps: 1 }, ['unknown helps']],
  ['a blank title', { ...en, help: { ...en.help, title: ' ' } }, ['help.title: is blank']],
  [
    'a title of 201 characters',
    { ...en, help: { ...en.help, title: 'a'.repeat(201) } },
    ['help.title: has to have at most 200'],
  ],
  [
    'a text of 4,001 characters',
    { ...en, contact: { ...en.contact, text: 'a'.repeat(4_001) } },
    ['contact.text: has to have at most 4000'],
  ],
  [
    'privacy without a paragraph',
    { ...en, privacy: { ...en.privacy, text: [] } },
    ['privacy.text: has to have at least 1'],
  ],
  ['501 words', { ...en, distressWords: Array(501).fill('word') }, ['distressWords: has to have at most 500']],
  ['a word of signs alone', { ...en, distressWords: ['a', '?!'] }, ['distressWords.1: has no letter']],
  [
    'a contact at an http address',
    withHelp({ name: 'A', url: 'http://a.example' }),
    ['help.contacts.0.url: write an address'],
  ],
  [
    'a contact with a script',
    withHelp({ name: 'A', url: 'javascript:alert(1)' }),
    ['help.contacts.0.url: write an address'],
  ],
  [
    'a contact with a password',
    withHelp({ name: 'A', url: 'https://a:b@a.example' }),
    ['help.contacts.0.url: write an address'],
  ],
  ['a telephone with words', withHelp({ name: 'A', url: 'tel:call me' }), ['help.contacts.0.url: write an address']],
  [
    '21 contacts',
    { ...en, help: { ...en.help, contacts: Array.from({ length: 21 }, () => ({ name: 'A' })) } },
    ['help.contacts: has to have at most 20'],
  ],
])('%s is refused, with the file and the place', (_title, value, parts) => {
  const problems = problemsOf(value);
  expect(problems).toHaveLength(parts.length);
  for (const [index, part] of parts.entries()) {
    expect(problems[index]).toContain(part);
    expect(problems[index]).toMatch(/^my\/en\.json: /);
  }
});

test('contacts with telephones and addresses are taken', () => {
  for (const url of ['tel:+49-800-1110111', 'tel:112', 'https://help.example/de?a=1'])
    expect(problemsOf(withHelp({ name: 'A', detail: 'Day and night', url }))).toEqual([]);
});

test('the texts that come with the program invent no telephone number and no address', () => {
  expect([...texts.keys()]).toEqual(['de', 'en']);
  for (const one of texts.values()) {
    expect(JSON.stringify(one)).not.toMatch(/\d|https?:|www\./);
    expect(one.help.contacts ?? []).toEqual([]);
  }
});

test.each([
  ['en.json', 'en'],
  ['pt-BR.json', 'pt-BR'],
  ['../en.json', undefined],
  ['texts.json', undefined],
  ['EN.json', undefined],
])('the file %s is in the language %s', (name, language) => {
  expect(languageOfFile(name)).toBe(language);
});
