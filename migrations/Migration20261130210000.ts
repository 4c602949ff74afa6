import { Migration } from '@mikro-orm/migrations';

/**
 * Texts of questionnaires in further languages, and the language of an assessment. Programs of the version before write
 * no language, which means the questionnaire's own.
 */
export class Migration20261130210000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "questionnaire_text" ("questionnaire_id" text not null, "language" text not null, "hash" text not null, "content" json not null, "published_at" timestamptz(3) not null default now(), primary key ("questionnaire_id", "language", "hash"));`,
    );
    this.addSql(`alter table "test_assessment" add "language" text null;`);
    this.addSql(`alter table "result_test" add "text_hash" text null;`);
  }
}
