import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Names of the packages that are loaded with these files of `src/`, in a process of their own. */
function packagesOf(...files: string[]): string[] {
  const program = `
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({ resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(resolved.url) ?? [];
      if (name) packages.add(name);
      return resolved;
    } });
    for (const file of ${JSON.stringify(files)}) await import(${JSON.stringify(new URL('../../src/', import.meta.url).href)} + file);
    process.stdout.write(JSON.stringify([...packages]), () => process.exit(0));
  `;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }),
  ) as string[];
}

test('a worker starts without the web server and GraphQL', () => {
  const packages = packagesOf('app.ts', 'app/worker.ts');
  expect(packages).toContain('openai');
  expect(packages.filter((name) => /graphql|pothos|^ws$/.test(name))).toEqual([]);
});

test('an api starts without the SDK of the model', () => {
  const packages = packagesOf('app.ts', 'app/api.ts');
  expect(packages).toContain('graphql-yoga');
  expect(packages.filter((name) => /openai|undici/.test(name))).toEqual([]);
});
