import { Migration } from '@mikro-orm/migrations';

/** The first schema. */
export class Migration20261124120000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "test_assessment" ("id" uuid not null, "session_id" uuid not null, "questionnaire_id" text not null, "answers" jsonb not null, "answers_hash" text not null, "idempotency_key" text not null, "watch" boolean not null, "status" text not null default 'submitted', "version" int not null default 1, "round" int not null default 1, "attempts" int not null default 0, "rejected_answer" jsonb null, "claim_token" uuid null, "lease_until" timestamptz(3) null, "not_before" timestamptz(3) null, "dispatch_no" int not null default 1, "dispatched_at" timestamptz(3) not null default now(), "failure_code" text null, "submitted_at" timestamptz(3) not null default now(), "started_at" timestamptz(3) null, "ended_at" timestamptz(3) null, "ended_xid" xid8 null, primary key ("id"));`,
    );
    this.addSql(`create index "test_assessment_session" on "test_assessment" ("session_id", "id");`);
    this.addSql(
      `create index "test_assessment_open" on "test_assessment" ("dispatched_at", "id") where "ended_at" is null;`,
    );
    this.addSql(
      `create index "test_assessment_ended" on "test_assessment" ("ended_xid") where "ended_xid" is not null;`,
    );
    this.addSql(
      `alter table "test_assessment" add constraint "test_assessment_session_key" unique ("session_id", "idempotency_key");`,
    );
    this.addSql(
      `alter table "test_assessment" add constraint "test_assessment_status_check" check ("status" in ('submitted', 'processing', 'completed', 'failed', 'cancelled'));`,
    );

    // Room on each page, so that claims and renewals are heap-only updates; a fixed threshold, so that vacuum does not
    // come later and later as the table grows.
    this.addSql(
      `alter table "test_assessment" set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);`,
    );

    this.addSql(
      `create table "dead_letter" ("assessment_id" uuid not null, "round" int not null, "code" text not null, "attempts" int not null, "last_error" text not null, "created_at" timestamptz(3) not null default now(), primary key ("assessment_id", "round"));`,
    );

    this.addSql(`create index "dead_letter_created" on "dead_letter" ("created_at", "assessment_id", "round");`);

    this.addSql(
      `create table "leader" ("task" text not null, "holder" uuid not null, "until" timestamptz(3) not null, primary key ("task"));`,
    );

    this.addSql(
      `create table "questionnaire" ("id" text not null, "slug" text not null, "version" int not null, "content" jsonb not null, "content_hash" text not null, "published_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );

    this.addSql(
      `create table "result_test" ("assessment_id" uuid not null, "round" int not null, "summary" text not null, "recommendations" jsonb not null, "scores" jsonb not null, "model" text not null, "prompt_version" text not null, "prompt_tokens" int null, "completion_tokens" int null, "created_at" timestamptz(3) not null default now(), primary key ("assessment_id", "round"));`,
    );

    this.addSql(
      `create table "session" ("id" uuid not null, "token_hash" text not null, "created_at" timestamptz(3) not null default now(), "expires_at" timestamptz(3) not null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "session" add constraint "session_token_hash_unique" unique ("token_hash");`);

    this.addSql(
      `alter table "dead_letter" add constraint "dead_letter_assessment_id_foreign" foreign key ("assessment_id") references "test_assessment" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "result_test" add constraint "result_test_assessment_id_foreign" foreign key ("assessment_id") references "test_assessment" ("id") on delete cascade;`,
    );
  }
}
