import { expect, test } from 'vitest';
import { readCommand, UsageError } from '../../src/authoring/command.ts';

test('the commands are read with their paths', () => {
  expect(readCommand(['check'])).toEqual({ name: 'check', paths: [] });
  expect(readCommand(['check', 'a.v1.json', 'folder'])).toEqual({ name: 'check', paths: ['a.v1.json', 'folder'] });
  expect(readCommand(['new', 'trial'])).toEqual({ name: 'new', slug: 'trial', folder: undefined });
  expect(readCommand(['new', 'trial', 'folder'])).toEqual({ name: 'new', slug: 'trial', folder: 'folder' });
  expect(readCommand(['translate', 'a.v1.json', 'de'])).toEqual({
    name: 'translate',
    file: 'a.v1.json',
    language: 'de',
  });
  expect(readCommand(['preview', 'a.v1.json'])).toEqual({ name: 'preview', file: 'a.v1.json' });
  expect(readCommand(['vectors', 'a.v1.json'])).toEqual({ name: 'vectors', file: 'a.v1.json' });
  for (const args of [['--help'], ['-h'], ['check', '--help']]) expect(readCommand(args)).toEqual({ name: 'help' });
});

test.each([
  [[]],
  [['chekc']],
  [['check', '--strict']],
  [['new']],
  [['new', 'trial', 'folder', 'more']],
  [['translate']],
  [['translate', 'a.v1.json']],
  [['translate', 'a.v1.json', 'de', 'fr']],
  [['preview']],
  [['preview', 'a.v1.json', 'b.v1.json']],
  [['vectors']],
])('a wrong command line is refused: %j', (args) => {
  expect(() => readCommand(args)).toThrow(UsageError);
});
