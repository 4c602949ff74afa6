import { Migration } from '@mikro-orm/migrations';

/** Images of questions. A new table: programs of the version before do not know it. */
export class Migration20261130211000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "questionnaire_image" ("sha256" text not null, "type" text not null, "bytes" bytea not null, primary key ("sha256"));`,
    );
  }
}
