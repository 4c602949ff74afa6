import { Migration } from '@mikro-orm/migrations';

/** What the fleet has learned of its model's provider. A new table: programs of the version before do not know it. */
export class Migration20261130180000 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "model_setup" ("hash" text not null, "looking_until" timestamptz(3) null, "looked_at" timestamptz(3) null, "look" jsonb null, "fitted_at" timestamptz(3) null, primary key ("hash"));`,
    );
  }
}
