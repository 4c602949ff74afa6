import { Migration } from '@mikro-orm/migrations';

/**
 * The order between networks: which network an open assessment came from, and its turn while it is deferred. Columns may
 * be null, so a program of the version before works on; its rows belong to no network. Builds an index of the open
 * assessments, which keeps submissions waiting for some seconds where there are millions of rows.
 */
export class Migration20261130140000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(`alter table "test_assessment" add "network" text null, add "turn" int null;`);
    this.addSql(
      `create index "test_assessment_network" on "test_assessment" ("network", "session_id") where "ended_at" is null and "turn" is null;`,
    );
    this.addSql(
      `create index "test_assessment_turn" on "test_assessment" ("network", "turn", "id") where "turn" is not null;`,
    );
    this.addSql(
      `create index "test_assessment_session_turn" on "test_assessment" ("session_id", "turn") where "turn" is not null;`,
    );
    this.addSql(
      `create unlogged table "worker_slots" ("worker_id" uuid not null, "slots" int not null, "until" timestamptz(3) not null, primary key ("worker_id"));`,
    );
  }
}
