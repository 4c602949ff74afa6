import { Migrator } from '@mikro-orm/migrations';
import { Assessment } from '../../entities/assessment.ts';
import { DeadLetter } from '../../entities/dead-letter.ts';
import { Leader } from '../../entities/leader.ts';
import { ModelLimit } from '../../entities/model-limit.ts';
import { ModelSetup } from '../../entities/model-setup.ts';
import { Questionnaire } from '../../entities/questionnaire.ts';
import { QuestionnaireImage } from '../../entities/questionnaire-image.ts';
import { QuestionnaireText } from '../../entities/questionnaire-text.ts';
import { RateBucket } from '../../entities/rate-bucket.ts';
import { Result } from '../../entities/result.ts';
import { Secret } from '../../entities/secret.ts';
import { Session } from '../../entities/session.ts';
import { UntoldEnd } from '../../entities/untold-end.ts';
import { WorkerSlots } from '../../entities/worker-slots.ts';
import { migrationsList } from '../../../migrations/index.ts';

/** Entities and migrations, for the program and the command line. */
export const ormModel = {
  entities: [
    Assessment,
    Result,
    Session,
    Questionnaire,
    QuestionnaireImage,
    QuestionnaireText,
    DeadLetter,
    Leader,
    ModelLimit,
    ModelSetup,
    RateBucket,
    Secret,
    UntoldEnd,
    WorkerSlots,
  ],
  extensions: [Migrator],
  // PGlite has one connection for all callers: a transaction would take in their statements.
  implicitTransactions: false,
  // No query when it opens: the server may be unavailable.
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
  // MikroORM would print to the terminal; errors come from the drivers.
  logger: () => {},
  discovery: { warnWhenNoEntities: false },
};
