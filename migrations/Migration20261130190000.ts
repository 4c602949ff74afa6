import { Migration } from '@mikro-orm/migrations';

/** The provider's limit of calls, as the fleet has learned it. A new table: programs of the version before do not know it. */
export class Migration20261130190000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create unlogged table "model_limit" ("hash" text not null, "version" uuid not null, "state" jsonb not null, primary key ("hash"));`,
    );
  }
}
