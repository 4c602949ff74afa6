import { Migration } from '@mikro-orm/migrations';

/**
 * Buckets of rates that the processes of a fleet share. UNLOGGED: they are written each second, and a crash may empty them.
 * And secrets of the fleet, such as the key by which addresses are hashed.
 */
export class Migration20261130120000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create unlogged table "rate_bucket" ("bucket" text not null, "level" double precision not null, "burst" double precision not null, "per_second" double precision not null, "updated_at" timestamptz(3) not null default now(), primary key ("bucket"));`,
    );
    this.addSql(`create table "secret" ("name" text not null, "value" text not null, primary key ("name"));`);
    this.addSql(`create index "rate_bucket_updated" on "rate_bucket" ("updated_at");`);
  }
}
