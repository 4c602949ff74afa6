import { NatsError } from 'nats';
import { expect, test } from 'vitest';
import { Permanent, RequestError, RetryLater, UnavailableError } from '../src/errors.ts';
import { createLog, describeError, type ErrorDescription } from '../src/log.ts';
import { OwnError } from '../src/own-error.ts';

const SECRET = 'sk-secret';

/** The one logged line, as text and parsed. */
function logged(write: (log: ReturnType<typeof createLog>) => void) {
  const lines: string[] = [];
  write(createLog('trace', 'api', { write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return { text: lines[0] ?? '', fields: JSON.parse(lines[0] ?? '') as { msg: string; err: ErrorDescription } };
}
const loggedError = (error: unknown) => logged((log) => log.error({ err: error }, 'it failed'));

/** The error that an action throws. */
function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

/** An error like those of `pg`. */
class DatabaseError extends Error {
  code = '23505';
  detail = `Key (note)=(${SECRET}) already exists.`;
  where = SECRET;
  constructor() {
    super(`duplicate key value ${SECRET}`);
    this.name = 'error';
  }
}

const withProperties = (properties: object, message: string = SECRET): Error =>
  Object.assign(new Error(message), properties);
const withGetters = (...names: string[]): Error => {
  const error = new Error(SECRET);
  const get = (): never => {
    throw new Error(SECRET);
  };
  for (const name of names) Object.defineProperty(error, name, { get });
  return error;
};
const inACircle = (): Error => {
  const [one, other] = [new Error(SECRET), new TypeError(SECRET)];
  one.cause = other;
  other.cause = one;
  return one;
};
const deep = (): Error => {
  let error = new Error(SECRET);
  for (let count = 0; count < 10_000; count++) error = new Error(SECRET, { cause: error });
  return error;
};
const withStack = (message: string, stack: unknown): Error => withProperties({ stack }, message);

/** Lines in exactly the form of logged places. */
const OWN_PLACES = `\n    at f (node:${SECRET}:1:2)\n    at f (${import.meta.dirname}/${SECRET}.ts:1:2)`;

const HOSTILE: Record<string, () => unknown> = {
  'a header of fetch': () => caught(() => new Headers({ authorization: `Bearer ${SECRET}\nsecond line` })),
  'an address': () => caught(() => new URL(`nats://:${SECRET}@ host`)),
  'text that is no JSON': () => caught(() => JSON.parse(`{"note": ${SECRET}`)),
  'a row of the database': () => new DatabaseError(),
  'a text in place of a code': () => withProperties({ code: `token ${SECRET}` }),
  'a key in place of a code': () => withProperties({ code: SECRET.toUpperCase() }),
  'a long key in place of a code': () => withProperties({ code: 'AKIASKSECRET00000000' }, 'AKIASKSECRET00000000'),
  'an object in place of a code': () => withProperties({ code: { toJSON: () => SECRET } }),
  'a name': () => withProperties({ name: SECRET }),
  'a name of ours': () => withProperties({ name: 'RequestError' }),
  'a constructor of its own': () => withProperties({ constructor: { name: SECRET } }),
  'a class with a name of its own': () => {
    class Named extends Error {
      static override readonly name = `a ${SECRET}`;
    }
    return new Named(SECRET);
  },
  'a cause': () => new RetryLater('later', { cause: new Error(SECRET, { cause: SECRET }) }),
  'a cause that is itself': () => {
    const error = new Error(SECRET);
    error.cause = error;
    return error;
  },
  'causes in a circle': inACircle,
  'ten thousand causes': deep,
  'several errors at once': () => new AggregateError([new Error(SECRET), SECRET, inACircle()], SECRET),
  'getters that throw': () => withGetters('code', 'name', 'message', 'stack', 'cause', 'errors', 'constructor'),
  'no prototype that is known': () => Object.setPrototypeOf(new Error(SECRET), Object.create(Error.prototype)),
  'a proxy': () =>
    new Proxy(new Error(SECRET), {
      getPrototypeOf: () => {
        throw new Error(SECRET);
      },
    }),
  'lines like those of a stack': () => new Error(`first\n    at ${SECRET} (x)\n    at f (/a/${SECRET}.ts:1:2)\nlast`),
  'lines like those of this project’s stacks': () => new Error(`first${OWN_PLACES}`),
  'a stack that is a text of its own': () => withStack('m', SECRET),
  'a stack that is no text': () => withStack('m', { toString: () => SECRET, toJSON: () => SECRET }),
  'the stack of another error': () => withStack('m', `Error: other\n    at ${SECRET} (file:///a/b.ts:1:2)`),
  'lines after its stack': () => withStack('m', `Error: m\n    at f (node:fs:1:2)\n${SECRET}\n  cause: ${SECRET}`),
  'a line in a foreign folder': () => withStack('m', `Error: m\n    at f (/${SECRET}/b.ts:1:2)`),
  'a message that was changed since': () => {
    const error = new Error(`first\n    at ${SECRET} (${import.meta.filename}:1:2)`);
    error.message = 'another';
    return error;
  },
  'a message of which only the beginning is left': () => {
    const error = new Error(`first\n    at ${SECRET} (${import.meta.filename}:1:2)`);
    error.message = 'first';
    return error;
  },
  'a broker’s refusal': () =>
    Object.assign(new NatsError(`token ${SECRET}`, SECRET), { chainedError: new Error(SECRET) }),
  'a name of several lines': () => withStack('m', `E${OWN_PLACES}: m\n    at f (node:fs:1:2)`),
  'a name of several lines without a message': () => withStack('', `E m${OWN_PLACES}\n    at f (node:fs:1:2)`),
};

test.each(Object.keys(HOSTILE))('a secret in an error is not logged: %s', (name) => {
  const { text, fields } = loggedError(HOSTILE[name]?.());
  expect(text.toLowerCase()).not.toContain(SECRET);
  expect(text).not.toContain('SKSECRET');
  expect(fields.msg).toBe('it failed');
  expect(fields.err.type).toMatch(/^\w+$/);
  expect(text.length).toBeLessThan(20_000);
});

test.each<[string, unknown]>([
  ['a text', SECRET],
  ['an object', { message: SECRET, stack: SECRET, toJSON: () => SECRET }],
  ['an object that looks like an error', { name: 'Error', message: SECRET, code: 'ENOENT' }],
  ['a function', () => SECRET],
  ['a symbol', Symbol(SECRET)],
  ['null', null],
  ['nothing', undefined],
  ['a large number', 10n],
])('of a thrown value that is no error only the type is logged: %s', (_, thrown) => {
  expect(describeError(thrown)).toEqual({ type: typeof thrown });
  expect(loggedError(thrown).text).not.toContain(SECRET);
});

test.each<[string, Error]>([
  ['err', new DatabaseError()],
  ['error', new DatabaseError()],
  ['cause', new DatabaseError()],
])('an error under the key "%s" is described', (key, error) => {
  const { text, fields } = logged((log) => log.child({ part: 'a' }).warn({ [key]: error, count: 1 }, 'it failed'));
  expect(text).not.toContain(SECRET);
  expect(fields).toMatchObject({ [key]: { type: 'DatabaseError', code: '23505' }, part: 'a', count: 1 });
});

test('an error of the program is logged with its message, its code and the class of its cause', () => {
  const cause = Object.assign(new Error(`connect ${SECRET}`), { code: 'ECONNREFUSED', syscall: SECRET });
  expect(loggedError(new UnavailableError('database', 'not-done', { cause })).fields.err).toMatchObject({
    type: 'UnavailableError',
    code: 'SERVICE_UNAVAILABLE',
    message: 'A part of the service is not available right now. Nothing was stored. Try again shortly.',
    cause: { type: 'Error', code: 'ECONNREFUSED' },
  });
  for (const error of [
    new OwnError('ours'),
    new RequestError('BAD_REQUEST', 'ours'),
    new Permanent('AI_REFUSED', 'ours'),
  ])
    expect(describeError(error)).toMatchObject({ type: error.constructor.name, message: 'ours' });
});

test('stack places of the project, its libraries and Node are logged, and no others', () => {
  const { stack } = describeError(new Error('first\n    at f (/etc/passwd:1:2)\nlast'));
  expect(stack?.[0]).toMatch(/^test\/log\.test\.ts:\d+:\d+$/);
  expect(stack?.length).toBeGreaterThan(1);
  for (const place of stack ?? [])
    expect(place).toMatch(/^(?:test|node_modules)\/[\w@./+-]+:\d+:\d+$|^node:[\w/]+:\d+:\d+$/);
  const { stack: async } = describeError(
    withStack(
      '',
      `TypeError\n    at async Promise.all (index 0)\n    at async f (node:fs:1:2)\n    at async node:net:3:4\n    at new X (node:url:5:6)`,
    ),
  );
  expect(async).toEqual(['node:fs:1:2', 'node:net:3:4', 'node:url:5:6']);
});

test.each([
  'ECONNREFUSED',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  '28P01',
  '42P01',
  'AUTHORIZATION_VIOLATION',
  '503',
  404,
  -111,
])('the code %s is logged', (code) => {
  expect(describeError(withProperties({ code })).code).toBe(code);
});

test.each([
  '',
  'invalid_api_key',
  'no code',
  'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY',
  4_111_111_111,
  0.5,
  NaN,
])('%s is no code', (code) => {
  expect(describeError(withProperties({ code })).code).toBeUndefined();
});
