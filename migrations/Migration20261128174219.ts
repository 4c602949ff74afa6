import { Migration } from '@mikro-orm/migrations';

/**
 * What is written once and read as a whole is kept as it came (docs/decisions/0021). Both tables are written anew, which
 * keeps everybody out for as long as it takes: about a second for 100,000 assessments.
 */
export class Migration20261128174219 extends Migration {
  override up(): void | Promise<void> {
    this.addSql(`alter table "test_assessment" alter column "answers" type json;`);
    this.addSql(`alter table "result_test" alter column "recommendations" type json, alter column "scores" type json;`);
  }
}
