import { buildSchema, parse, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { describe, expect, test } from 'vitest';
import { beginSubscription, PublicEvents, type PublicResult } from '../../src/server/public-events.ts';

const done = { value: undefined, done: true };
const data = (n: number) => ({ value: { data: { n } }, done: false });
const failed = (message: string) => ({ value: { errors: [{ message }] }, done: false });

/** A source that gives what it is told to, and knows whether it was left. */
function sourceOf(steps: (number | Error | 'wait')[]) {
  const source = {
    left: 0,
    next(): Promise<IteratorResult<unknown>> {
      const step = steps.shift();
      if (step === 'wait') return new Promise(() => {});
      if (step instanceof Error) return Promise.reject(step);
      return Promise.resolve(step === undefined ? done : { value: { n: step }, done: false });
    },
    return(): Promise<IteratorResult<unknown>> {
      source.left++;
      return Promise.resolve(done as IteratorResult<unknown>);
    },
    [Symbol.asyncIterator]: () => source,
  };
  return source;
}

const schema = buildSchema('type Query { n: Int } type Subscription { n(from: Int): Int! }');
const argsOf = (source: unknown, query = 'subscription { n }', variableValues = {}): ExecutionArgs => ({
  schema,
  document: parse(query),
  variableValues,
  subscribeFieldResolver: () => (source instanceof Error ? Promise.reject(source) : source),
});
const publish = ({ errors, ...rest }: ExecutionResult): PublicResult => ({
  ...(errors === undefined ? {} : { errors: errors.map(({ message }) => ({ message })) }),
  ...rest,
});
const begin = async (source: unknown): Promise<PublicEvents> => {
  const events = await beginSubscription(argsOf(source), publish);
  if (!(events instanceof PublicEvents)) throw new Error(`no events: ${JSON.stringify(events)}`);
  return events;
};

test('each event is executed when it has come, and the end of the source is the end', async () => {
  const events = await begin(sourceOf([1, 2]));
  expect([await events.next(), await events.next(), await events.next()]).toEqual([data(1), data(2), done]);
});

test('an execution that finds an error makes an event of it, and the next one comes', async () => {
  const events = await begin(sourceOf([Number.NaN, 2]));
  const message = 'Int cannot represent non-integer value: NaN';
  expect(await events.next()).toEqual({ value: { errors: [{ message }], data: null }, done: false });
  expect(await events.next()).toEqual(data(2));
});

test('a source that fails makes a last event, and is not asked again', async () => {
  const source = sourceOf([1, new Error('away'), 3]);
  const events = await begin(source);
  expect([await events.next(), await events.next(), await events.next()]).toEqual([data(1), failed('away'), done]);
});

test('leaving it leaves the source, also while it waits for an event', async () => {
  const source = sourceOf(['wait']);
  const events = await begin(source);
  void events.next();
  expect(await events.return()).toEqual(done);
  expect(source.left).toBe(1);
});

describe('what cannot begin is one result with the reason:', () => {
  test.each<[string, ExecutionArgs, string]>([
    ['a source that is refused', argsOf(new Error('not yours')), 'not yours'],
    ['a source that is none', argsOf(1), 'Subscription field must return Async Iterable. Received: 1.'],
    [
      'a variable that is wrong',
      argsOf(sourceOf([]), 'subscription ($from: Int) { n(from: $from) }', { from: 'x' }),
      'Variable "$from" has invalid value: Int cannot represent non-integer value: "x"',
    ],
  ])('%s', async (_, args, message) => {
    expect(await beginSubscription(args, publish)).toEqual({ errors: [{ message }] });
  });
});
