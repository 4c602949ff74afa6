import { Migration } from '@mikro-orm/migrations';

/** The time since which a version of a questionnaire takes no answers. Programs of the version before do not know it. */
export class Migration20261130200000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(`alter table "questionnaire" add "withdrawn_at" timestamptz(3) null;`);
  }
}
