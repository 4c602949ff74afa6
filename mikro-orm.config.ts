import { defineConfig } from '@mikro-orm/postgresql';
import { ormOptions } from './src/adapters/database/orm-options.ts';

/** For the command line (`npm run migration:create`); the program itself uses src/adapters/database.ts. */
export default defineConfig({
  ...ormOptions,
  clientUrl: process.env['DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/assay',
});
