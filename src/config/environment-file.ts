import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { StartError } from '../own-error.ts';

const NAME = '.env';

/**
 * Variables of the file `.env` in the working directory; none without a file.
 * @throws StartError if a part of it would be ignored
 */
export function readEnvironmentFile(): Record<string, string | undefined> {
  const bytes = bytesOf(NAME);
  if (bytes === undefined) return {};
  // `parseEnv` takes a carriage return alone out of the text.
  const text = textOf(bytes).replaceAll(/\r\n?/g, '\n');
  const problems = linesOf(text);
  if (problems.length > 0) throw new StartError(`The file ${NAME} can not be used:`, { problems });
  return parseEnv(text);
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const why = code === 'EISDIR' ? 'it is a folder' : `it can not be read (${String(code)})`;
    throw new StartError(`The file ${NAME} can not be used: ${why}. Make it a text file, or remove it.`);
  }
}

function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  try {
    // Editors on Windows write UTF-16 with a byte order mark.
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
      return decode(bytes, first === 0xff ? 'utf-16le' : 'utf-16be');
    const text = decode(bytes, 'utf-8');
    if (!text.includes('\0')) return text;
  } catch {
    // Told below.
  }
  throw new StartError(`The file ${NAME} can not be used: it is not UTF-8. Store it in this encoding.`);
}

/** Without a byte order mark, which would become a part of the first name. */
const decode = (bytes: Uint8Array, encoding: string): string =>
  new TextDecoder(encoding, { fatal: true }).decode(bytes);

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(?<value>.*)$/;

/** `parseEnv` ignores a line that it does not understand. */
function linesOf(text: string): string[] {
  const problems: string[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^\s*(?:#|$)/.test(line)) continue;
    const value = ASSIGNMENT.exec(line)?.groups?.['value'];
    if (value === undefined) problems.push(`line ${at + 1} is not NAME=value`);
    else at = endOf(value, lines, at);
  }
  return problems;
}

/** The last line of a value. One in quotes may have several; a quote that is never closed is a part of the value. */
function endOf(value: string, lines: readonly string[], at: number): number {
  const quote = value.charAt(0);
  if (!/["'`]/.test(quote) || value.slice(1).includes(quote)) return at;
  const end = lines.findIndex((line, index) => index > at && line.includes(quote));
  return end === -1 ? at : end;
}
