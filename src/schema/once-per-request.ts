import { memoize } from '../memory/memoize.ts';
import type { Context } from './context.ts';

const resultsOf = memoize((_context: Context) => new Map<string, Promise<unknown>>());

/** Reads something once in a request, however many aliases ask for it. */
export function oncePerRequest<Result>(context: Context, key: string, read: () => Promise<Result>): Promise<Result> {
  const results = resultsOf(context);
  const known = results.get(key) as Promise<Result> | undefined;
  if (known !== undefined) return known;
  const result = read();
  results.set(key, result);
  return result;
}
