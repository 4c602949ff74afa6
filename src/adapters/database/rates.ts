import type { Level, Spending } from '../../entities/rate-bucket.ts';
import type { Sql } from './sql.ts';

/** A statement that comes late changes nothing for the better: the next one carries its spending as well. */
const WITHIN_MS = 2_000;
/** By then a bucket is full again, whatever its limit, so that its row says nothing. */
const KEPT_FOR = `interval '1 hour'`;
const DELETED_MAX = 1_000;

/**
 * Rows are locked in the order of their keys, so that two processes do not wait for each other. A statement may change a row
 * only once, so old buckets that are written now are not deleted. `excluded.level` is a full bucket without the spending.
 */
const EXCHANGE = `
WITH gone AS (
  DELETE FROM rate_bucket WHERE bucket IN (
    SELECT bucket FROM rate_bucket WHERE updated_at < now() - ${KEPT_FOR} AND bucket <> ALL($1::text[])
    LIMIT ${DELETED_MAX} FOR UPDATE SKIP LOCKED))
INSERT INTO rate_bucket AS b (bucket, level, burst, per_second, updated_at)
SELECT bucket, greatest(-burst, burst - spent), burst, per_second, now()
FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[]) AS t (bucket, spent, burst, per_second)
ORDER BY bucket
ON CONFLICT (bucket) DO UPDATE SET
  level = greatest(-excluded.burst,
    least(excluded.burst, b.level + extract(epoch from now() - b.updated_at)::float8 * excluded.per_second)
      - (excluded.burst - excluded.level)),
  burst = excluded.burst, per_second = excluded.per_second, updated_at = now()
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
          spendings.map(({ burst }) => burst),
          spendings.map(({ perSecond }) => perSecond),
        ],
        { withinMs: WITHIN_MS },
      ),
  };
}
