import { Migration } from '@mikro-orm/migrations';

/**
 * Ends that a stream for other services has not confirmed. A new table: programs of the version before do not know it, and
 * work on.
 */
export class Migration20261130170000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "untold_end" ("assessment_id" uuid not null, "version" int not null, "stream" text not null, "session_id" uuid not null, "status" text not null, "round" int not null, "since" timestamptz(3) not null default now(), primary key ("assessment_id", "version", "stream"));`,
    );
    this.addSql(`create index "untold_end_since" on "untold_end" ("stream", "since");`);
    this.addSql(
      `alter table "untold_end" add constraint "untold_end_assessment_id_foreign" foreign key ("assessment_id") references "test_assessment" ("id") on delete cascade;`,
    );
  }
}
