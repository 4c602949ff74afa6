import { Migration20261124120000 } from './Migration20261124120000.ts';
import { Migration20261128174219 } from './Migration20261128174219.ts';
import { Migration20261130120000 } from './Migration20261130120000.ts';
import { Migration20261130130000 } from './Migration20261130130000.ts';
import { Migration20261130140000 } from './Migration20261130140000.ts';
import { Migration20261130170000 } from './Migration20261130170000.ts';

/** Every migration, oldest first. A list and not a folder scan: what runs is what is named here. */
export const migrationsList = [
  { name: 'Migration20261124120000', class: Migration20261124120000 },
  { name: 'Migration20261128174219', class: Migration20261128174219 },
  { name: 'Migration20261130120000', class: Migration20261130120000 },
  { name: 'Migration20261130130000', class: Migration20261130130000 },
  { name: 'Migration20261130140000', class: Migration20261130140000 },
  { name: 'Migration20261130170000', class: Migration20261130170000 },
];
