import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** The modules that these files of `src/` load, in a process of its own: paths from the project's folder. */
function modulesOf(...files: string[]): string[] {
  const root = new URL('../../', import.meta.url).href;
  const program = `
    import { registerHooks } from 'node:module';
    const modules = new Set();
    registerHooks({ resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      modules.add(resolved.url);
      return resolved;
    } });
    for (const file of ${JSON.stringify(files)}) await import(${JSON.stringify(root)} + 'src/' + file);
    process.stdout.write(JSON.stringify([...modules]), () => process.exit(0));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  return (JSON.parse(output) as string[]).map((url) => url.replace(root, '').replace(/^.*\/(?=node_modules\/)/, ''));
}

/** The half of the api. Probes over HTTP belong to every role. */
const API = /^src\/(schema|delivery|server\/sockets)\/|^node_modules\/(graphql|@graphql|@pothos|ws\/)/;
const WORKER = /^src\/(consumers|adapters\/(model|embedded\/demo-model))|^node_modules\/(openai|undici)\//;

test.each([
  ['a worker loads its own half of the program, without GraphQL and WebSockets', 'app/worker.ts', WORKER, API],
  ['an api loads its own half of the program, without consumers and the SDK of the model', 'app/api.ts', API, WORKER],
])('%s', (_title, file, own, other) => {
  const modules = modulesOf('app.ts', file);
  expect(modules.filter((path) => own.test(path)).length).toBeGreaterThan(10);
  expect(modules.filter((path) => other.test(path))).toEqual([]);
});
