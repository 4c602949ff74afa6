import { migrate } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

/** Schema and questionnaires, as `npm run migrate` makes them. */
export async function migrateDatabase(url: string): Promise<void> {
  await migrate(readConfig('migrate', { DATABASE_URL: url }), createLog('silent', 'migrate'));
}
