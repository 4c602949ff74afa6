import { Migrator } from '@mikro-orm/migrations';
import { Assessment } from '../../entities/assessment.ts';
import { DeadLetter } from '../../entities/dead-letter.ts';
import { Leader } from '../../entities/leader.ts';
import { Questionnaire } from '../../entities/questionnaire.ts';
import { RateBucket } from '../../entities/rate-bucket.ts';
import { Result } from '../../entities/result.ts';
import { Secret } from '../../entities/secret.ts';
import { Session } from '../../entities/session.ts';
import { migrationsList } from '../../../migrations/index.ts';

/** Entities and migrations, for the program and the command line. */
export const ormModel = {
  entities: [Assessment, Result, Session, Questionnaire, DeadLetter, Leader, RateBucket, Secret],
  extensions: [Migrator],
  // PGlite has one session for everybody: a transaction there would swallow other callers' statements.
  implicitTransactions: false,
  // Opening asks nothing of the server, which may be away.
  ensureDatabase: false,
  migrations: {
    migrationsList,
    snapshot: true,
    path: 'migrations',
    snapshotName: '.snapshot-assay',
    // `migration:create` writes it. A running program must not write into its own folder.
    snapshotOnMigrate: false,
    silent: true,
  },
  // Drivers tell what happened by their errors; MikroORM would print to the terminal.
  logger: () => {},
  discovery: { warnWhenNoEntities: false },
};
