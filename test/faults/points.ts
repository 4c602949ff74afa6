import { registerHooks } from 'node:module';

/**
 * Loaded before the program by the fault tests (`node --import`): replaces the program's comments `// fault point: <name>`
 * by calls, so that the product has no code for them. FAULT names the point and the action, `<name>:<action>[:<n>]`, at the
 * n-th passage (default 1).
 *
 * Actions: `kill` (SIGKILL to itself), `stop` (SIGSTOP), `block` (busy event loop for FAULT_BLOCK_MS).
 */
const POINT = /^(\s*)\/\/ fault point: ([\w-]+)$/gm;
const [wanted, action, passage = '1'] = (process.env['FAULT'] ?? '').split(':');
let passed = 0;

const act = (name: string): void => {
  if (name !== wanted || ++passed !== Number(passage)) return;
  process.stdout.write(`${JSON.stringify({ msg: 'fault', point: name, action })}\n`);
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  if (action === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (action === 'block')
    for (const end = performance.now() + Number(process.env['FAULT_BLOCK_MS'] ?? 0); performance.now() < end;);
};
Object.assign(globalThis, { assayFaultPoint: act });

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.includes('/src/') || loaded.source == null) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: source.replaceAll(POINT, "$1globalThis['assayFaultPoint']('$2');") };
  },
});
