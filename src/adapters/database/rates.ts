import type { Level, Spending } from '../../entities/rate-bucket.ts';
import type { Sql } from './sql.ts';

/** A statement that comes late changes nothing for the better: the next one carries its spending as well. */
const WITHIN_MS = 2_000;
/**
 * By then a bucket is full again, whatever its limit, so that its row says nothing. The day of a budget is over a day after
 * its last spending.
 */
const KEPT_FOR = `CASE WHEN per_second = 0 THEN interval '1 day' ELSE interval '1 hour' END`;
const DELETED_MAX = 1_000;

/**
 * Rows are locked in the order of their keys, so that two processes do not wait for each other. A statement may change a row
 * only once, so old buckets that are written now are not deleted.
 *
 * A budget (`per_second` = 0) keeps its spending if its size changes. The least that any process knows to be left counts, so
 * that an emptied table forgets no more than the last exchanges. `excluded.level + excluded.spent` is what the process knows.
 */
const EXCHANGE = `
WITH gone AS (
  DELETE FROM rate_bucket WHERE bucket IN (
    SELECT bucket FROM rate_bucket WHERE kept_until < now() AND bucket <> ALL($1::text[])
    LIMIT ${DELETED_MAX} FOR UPDATE SKIP LOCKED))
INSERT INTO rate_bucket AS b (bucket, level, spent, burst, per_second, updated_at, kept_until)
SELECT bucket, CASE WHEN per_second = 0 THEN known - spent ELSE greatest(-burst, known - spent) END, spent, burst, per_second,
  now(), now() + ${KEPT_FOR}
FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[]) AS t (bucket, spent, known, burst, per_second)
ORDER BY bucket
ON CONFLICT (bucket) DO UPDATE SET
  level = CASE WHEN excluded.per_second = 0
    THEN least(b.level + excluded.burst - b.burst, excluded.level + excluded.spent) - excluded.spent
    ELSE greatest(-excluded.burst,
      least(excluded.burst, b.level + extract(epoch from now() - b.updated_at)::float8 * excluded.per_second)
        - excluded.spent) END,
  spent = excluded.spent, burst = excluded.burst, per_second = excluded.per_second,
  updated_at = excluded.updated_at, kept_until = excluded.kept_until
RETURNING bucket, level`;

export function createRateStore(sql: Sql) {
  return {
    /**
     * Takes what a process has spent from the buckets of the fleet, and gives back what is left in them.
     * @throws UnavailableError
     */
    exchange: (spendings: readonly Spending[]): Promise<Level[]> =>
      sql<Level>(
        'exchange-rates',
        EXCHANGE,
        [
          spendings.map(({ bucket }) => bucket),
          spendings.map(({ spent }) => spent),
          spendings.map(({ known }) => known),
          spendings.map(({ burst }) => burst),
          spendings.map(({ perSecond }) => perSecond),
        ],
        { withinMs: WITHIN_MS },
      ),
  };
}
