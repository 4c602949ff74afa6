import { Migration } from '@mikro-orm/migrations';

/**
 * Buckets of a day's budgets, which are kept longer than those of rates. Processes of the version before go on: their rows
 * get the defaults.
 */
export class Migration20261130130000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `alter table "rate_bucket" add "spent" double precision not null default 0, add "kept_until" timestamptz(3) not null default (now() + '01:00:00'::interval);`,
    );
    this.addSql(`create index "rate_bucket_kept" on "rate_bucket" ("kept_until");`);
  }
}
