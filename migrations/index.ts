import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver, Configuration } from '@mikro-orm/postgresql';
import { Migration20261124120000 } from './Migration20261124120000.ts';
import { Migration20261128174219 } from './Migration20261128174219.ts';
import { Migration20261130120000 } from './Migration20261130120000.ts';
import { Migration20261130130000 } from './Migration20261130130000.ts';
import { Migration20261130140000 } from './Migration20261130140000.ts';
import { Migration20261130170000 } from './Migration20261130170000.ts';
import { Migration20261130180000 } from './Migration20261130180000.ts';
import { Migration20261130190000 } from './Migration20261130190000.ts';
import { Migration20261130200000 } from './Migration20261130200000.ts';
import { Migration20261130210000 } from './Migration20261130210000.ts';
import { Migration20261130211000 } from './Migration20261130211000.ts';

type Known = {
  name: string;
  class: new (driver: AbstractSqlDriver, config: Configuration) => Migration;
  /**
   * The newest migration that a program must know to use the schema from here on. A migration that only adds names an
   * older one: programs that know that one go on working, and can be started again. One that takes something away names
   * itself, and is made a release after the programs stopped using it (docs/decisions/0034).
   */
  needs: string;
};

/** Every migration, oldest first. A list and not a folder scan: what runs is what is named here. */
export const migrationsList: Known[] = [
  { name: 'Migration20261124120000', class: Migration20261124120000, needs: 'Migration20261124120000' },
  { name: 'Migration20261128174219', class: Migration20261128174219, needs: 'Migration20261128174219' },
  { name: 'Migration20261130120000', class: Migration20261130120000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130130000', class: Migration20261130130000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130140000', class: Migration20261130140000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130170000', class: Migration20261130170000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130180000', class: Migration20261130180000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130190000', class: Migration20261130190000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130200000', class: Migration20261130200000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130210000', class: Migration20261130210000, needs: 'Migration20261130120000' },
  { name: 'Migration20261130211000', class: Migration20261130211000, needs: 'Migration20261130120000' },
];
