import { isJsonObject } from '../../json-object.ts';

const FIELDS = ['message', 'detail', 'error', 'msg', 'errors'];
const DEPTH_MAX = 4;
const CHARACTERS_MAX = 300;
/** Providers repeat the ends of a key. */
const SHARED_CHARACTERS = 4;

/**
 * A provider's own words for a refusal, for the log. Only of a request that is made up: otherwise they may quote a person.
 * @param secrets keys, which providers quote as well: words that share some characters with them are left out
 */
export function wordsIn(body: unknown, secrets: readonly string[]): string | null {
  const text = sentenceIn(body, DEPTH_MAX);
  if (text === undefined || text.trimStart().startsWith('<')) return null;
  const plain = text
    .slice(0, CHARACTERS_MAX)
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  const told = plain.split(' ').map((word) => (isSecret(word, secrets) ? '…' : word));
  return told.length === 0 || plain === '' ? null : told.join(' ');
}

function sentenceIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value;
  if (depth === 0) return undefined;
  if (Array.isArray(value)) return sentenceIn(value[0], depth - 1);
  if (!isJsonObject(value)) return undefined;
  for (const field of FIELDS) {
    const found = Object.hasOwn(value, field) ? sentenceIn(value[field], depth - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSecret(word: string, secrets: readonly string[]): boolean {
  if (word.includes('*')) return true;
  return secrets.some((secret) => {
    const size = Math.min(SHARED_CHARACTERS, secret.length);
    for (let at = 0; size > 0 && at + size <= word.length; at++)
      if (secret.includes(word.slice(at, at + size))) return true;
    return false;
  });
}
