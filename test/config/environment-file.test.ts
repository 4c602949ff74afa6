import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEnvironmentFile } from '../../src/config/environment-file.ts';

/** Reads it as the file of a working directory. */
function read(content?: string | Uint8Array, folder = mkdtempSync(join(tmpdir(), 'assay-env-'))) {
  const before = process.cwd();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (content !== undefined) writeFileSync(join(folder, '.env'), content);
  process.chdir(folder);
  try {
    return { ...readEnvironmentFile() };
  } finally {
    process.chdir(before);
  }
}

const utf16 = (text: string, bigEndian = false): Uint8Array => {
  const bytes = Buffer.from(`\u{feff}${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

test('without a file there are no variables', () => {
  expect(read()).toEqual({});
});

test.each<[string, string | Uint8Array]>([
  ['plain', 'PORT=1\nHOST=h\n'],
  ['with a byte order mark', '\u{feff}PORT=1\nHOST=h\n'],
  ['with lines of Windows', 'PORT=1\r\nHOST=h\r\n'],
  ['with lines of an old Mac', 'PORT=1\rHOST=h\r'],
  ['in UTF-16', utf16('PORT=1\r\nHOST=h\r\n')],
  ['in big-endian UTF-16', utf16('PORT=1\nHOST=h\n', true)],
])('a file %s is read as a whole', (_, content) => {
  expect(read(content)).toEqual({ PORT: '1', HOST: 'h' });
});

test('comments, quotes, export and values of several lines are read', () => {
  const text = '# a comment\n\nexport A=1 # more\nB="x\nnot: a line\ny"\n  C = \'z\'\nD="open\nE=`q`\nF=\n';
  expect(read(text)).toEqual({ A: '1', B: 'x\nnot: a line\ny', C: 'z', D: '"open', E: 'q', F: '' });
});

test.each<[string, string | Uint8Array, string]>([
  ['a line with a colon', 'A=1\nPORT: 3005\n', 'line 2 is not NAME=value'],
  ['a name alone', 'PORT\n', 'line 1 is not NAME=value'],
  ['a name that can not be one', 'A=1\n\n1PORT=geheim\n', 'line 3 is not NAME=value'],
  ['a section', '[assay]\nA=1\n', 'line 1 is not NAME=value'],
  ['UTF-16 without a mark', Buffer.from('PORT=1\n', 'utf16le'), 'not UTF-8'],
  ['Latin-1', Buffer.from('A=\u{e9}\n', 'latin1'), 'not UTF-8'],
])('a file with %s is refused, without its values', (_, content, words) => {
  expect(() => read(content)).toThrow(words);
  expect(() => read(content)).not.toThrow('geheim');
});

test('a folder of that name is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-env-'));
  mkdirSync(join(folder, '.env'));
  expect(() => read(undefined, folder)).toThrow('it is a folder');
});
