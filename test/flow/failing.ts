import process from 'node:process';

/** Imported before the program: makes it fail in the way that FAILS_BY names, with a secret in each message. */
const SECRET = 'sk-secret';

const ways: Record<string, () => void> = {
  'an error': () => {
    throw new TypeError(`Bearer ${SECRET}\n    at f (node:${SECRET}:1:2)`);
  },
  'an error with a cause': () => {
    throw new Error(SECRET, { cause: Object.assign(new Error(SECRET), { code: 'ECONNRESET' }) });
  },
  'a text': () => {
    throw SECRET;
  },
  'a rejection': () => void Promise.reject(new RangeError(SECRET)),
  'a rejection with a text': () => void Promise.reject(SECRET),
  'one error after another': () => {
    setImmediate(() => {
      throw new Error(SECRET);
    });
    throw new TypeError(SECRET);
  },
};

const way = ways[process.env['FAILS_BY'] ?? ''];
if (way !== undefined) process.on('SIGUSR2', way);
else {
  const on = process.on.bind(process);
  process.on = ((event: string, listener: () => void) => {
    if (event === 'SIGTERM') throw new RangeError(SECRET);
    return on(event, listener);
  }) as typeof process.on;
}
