import { migrate } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

/** Creates schema and questionnaires, as `npm run migrate` does. */
export async function migrateDatabase(url: string): Promise<void> {
  await migrate(readConfig('migrate', { DATABASE_URL: url }), createLog('silent', 'migrate'));
}
