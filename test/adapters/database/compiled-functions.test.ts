import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Utils } from '@mikro-orm/core';
import { MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { inject, onTestFinished, expect, test } from 'vitest';
import { byUniqueNames } from '../../../src/adapters/database/compiled-keys.ts';
import { ormModel } from '../../../src/adapters/database/orm-model.ts';
import { ormOptions } from '../../../src/adapters/database/orm-options.ts';
import { createDatabase } from '../../support/postgres.ts';
import { versionsOf, wellbeing } from '../../support/questionnaires.ts';
import { newAssessment } from './store.ts';
import type { Given } from './without-code-generation.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CLI = join(ROOT, 'node_modules/@mikro-orm/cli/cli.js');
const COMMITTED = join(ROOT, 'src/adapters/database/compiled-functions');

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'assay-compiled-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('the committed functions are those of the entities: run "npm run compile:orm" after a change', async () => {
  const out = join(folder(), 'compiled-functions.js');
  await run(process.execPath, [CLI, 'compile', '--out', out], { cwd: ROOT });
  expect(readFileSync(out, 'utf8')).toBe(readFileSync(`${COMMITTED}.js`, 'utf8'));
  expect(readFileSync(out.replace(/\.js$/, '.d.ts'), 'utf8')).toBe(readFileSync(`${COMMITTED}.d.ts`, 'utf8'));
});

test('the functions for the embedded database are the same', async () => {
  const made = folder();
  const [config, out] = [join(made, 'config.mjs'), join(made, 'compiled-functions.js')];
  const pglite = import.meta.resolve('@mikro-orm/pglite');
  const model = new URL('../../../src/adapters/database/orm-model.ts', import.meta.url).href;
  writeFileSync(
    config,
    `import { defineConfig } from '${pglite}';
     import { ormModel } from '${model}';
     export default defineConfig({ ...ormModel, dbName: 'memory://' });`,
  );
  await run(process.execPath, [CLI, 'compile', '--config', config, '--out', out], { cwd: ROOT });
  expect(readFileSync(out, 'utf8')).toBe(readFileSync(`${COMMITTED}.js`, 'utf8'));
});

test('functions of another version of MikroORM, or of another table, are refused with what to do', () => {
  const names = (made: Record<string, unknown>) => () => byUniqueNames(made, ormModel.entities);
  expect(names({ __version: '7.0.0' })).toThrow(/made by MikroORM 7\.0\.0\. Run "npm run compile:orm"/);
  expect(names({ __version: Utils.getORMVersion(), 'pkGetter-letter_1000': () => {} })).toThrow(
    /pkGetter-letter_1000 belongs to no entity\. Run "npm run compile:orm"/,
  );
});

test('every entity has its functions under its unique name in this process', async () => {
  const orm = await MikroORM.init({ ...ormOptions, driver: PostgreSqlDriver, clientUrl: inject('databaseUrl') });
  const keys = Object.keys(orm.config.get('compiledFunctions') ?? {});
  const counts = [...orm.getMetadata().getAll().values()].map(({ className, uniqueName }) => {
    const ownKey = new RegExp(`^\\w+-${uniqueName}(-|$)`);
    return [className, keys.filter((key) => ownKey.test(key)).length];
  });
  await orm.close();
  expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(ormModel.entities.map(({ name }) => [name, 10])));
});

test.each(['a folder', 'a server'])(
  'with code generation from text switched off, a database in %s works',
  async (where) => {
    const database = await createDatabase(inject('databaseUrl'));
    onTestFinished(() => database.drop());
    const assessment = newAssessment();
    const at = where === 'a folder' ? { folder: join(folder(), 'postgres') } : { url: database.url, poolMax: 2 };
    const given: Given = { at, files: versionsOf(wellbeing), assessment };
    const program = fileURLToPath(new URL('./without-code-generation.ts', import.meta.url));
    const running = run(process.execPath, ['--disallow-code-generation-from-strings', program], { timeout: 60_000 });
    running.child.stdin?.end(JSON.stringify(given));
    const { stdout, stderr } = await running;
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      isRefused: true,
      publication: { published: ['wellbeing-check@1'], withdrawn: [] },
      withdrawal: { published: [], withdrawn: ['wellbeing-check@1'] },
      versions: [{ id: 'wellbeing-check@1', withdrawn: true }],
      contents: [wellbeing],
      stored: { id: assessment.id, status: 'submitted', answers: { mood: 7 } },
    });
  },
);
