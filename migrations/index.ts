import { Migration20261124120000 } from './Migration20261124120000.ts';

/** Every migration, oldest first. A list and not a folder scan: what runs is what is named here. */
export const migrationsList = [{ name: 'Migration20261124120000', class: Migration20261124120000 }];
