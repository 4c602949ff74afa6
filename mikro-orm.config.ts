import { defineConfig } from '@mikro-orm/postgresql';
import { ormModel } from './src/adapters/database/orm-model.ts';

/**
 * For the command line (`npm run migration:create`, `npm run compile:orm`); the program itself uses
 * src/adapters/database.ts. Without the compiled functions: the command that makes them must run where they are old.
 */
export default defineConfig({
  ...ormModel,
  clientUrl: process.env['DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/assay',
});
