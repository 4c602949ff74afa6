import { registerHooks } from 'node:module';

// Loaded before the program (`--import`). At SIGUSR2 it writes to standard output whether text can become code in this
// process, and the files that the process has loaded.

const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    loaded.add(url);
    return next(url, context);
  },
});

const text = 'globalThis.ran = true';
const ways: Record<string, () => unknown> = {
  // oxlint-disable-next-line eslint/no-eval -- expected to be refused
  eval: () => (0, eval)(text),
  // oxlint-disable-next-line typescript/no-implied-eval -- expected to be refused
  Function: () => Function(text)(),
  'async function': () => Object.getPrototypeOf(async () => {}).constructor(text)(),
  generator: () =>
    Object.getPrototypeOf(function* () {})
      .constructor(text)()
      .next(),
  'async generator': () =>
    Object.getPrototypeOf(async function* () {})
      .constructor(text)()
      .next(),
};

process.on('SIGUSR2', () => {
  const worked = Object.keys(ways).filter((name) => {
    try {
      ways[name]?.();
      return true;
    } catch (error) {
      return !(error instanceof EvalError);
    }
  });
  process.stdout.write(`probe ${JSON.stringify({ worked, ran: 'ran' in globalThis, loaded: [...loaded] })}\n`);
});
