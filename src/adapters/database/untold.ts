import { sql as fragment } from 'kysely';
import type { End } from '../../entities/claim.ts';
import type { UntoldStream } from '../../entities/untold-end.ts';
import type { FailureCode } from '../../errors.ts';
import { uuidArray } from './arrays.ts';
import { groupCommit } from './group-commit.ts';
import type { Sql } from './sql.ts';
import { carryOut, tables, toMs } from './tables.ts';
import { ROWS_MAX } from './working/rows.ts';

/** An end without a confirmed message in one of the streams for other services. */
export type Untold = Pick<End, 'id' | 'sessionId' | 'status' | 'version' | 'round'> & { stream: UntoldStream };

/** An untold end with the data of its message. The last three are of its dead letter. */
export type ToTell = Untold & {
  sinceMs: number;
  code: FailureCode | null;
  attempts: number | null;
  lastError: string | null;
};

/** Not for a row that somebody has deleted. */
const ADD = `
INSERT INTO untold_end (assessment_id, version, stream, session_id, status, round)
SELECT u.* FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::text[], $6::int[])
  AS u(id, version, stream, session_id, status, round)
WHERE EXISTS (SELECT FROM test_assessment a WHERE a.id = u.id)
ON CONFLICT DO NOTHING`;

const oldest = (stream: UntoldStream, limit: number) =>
  tables
    .selectFrom('untold_end as u')
    .leftJoin('dead_letter as d', (join) =>
      join.onRef('d.assessment_id', '=', 'u.assessment_id').onRef('d.round', '=', 'u.round'),
    )
    .select((row) => [
      'u.assessment_id as id',
      'u.session_id as sessionId',
      'u.status',
      'u.version',
      'u.round',
      'u.stream',
      'd.code',
      'd.attempts',
      'd.last_error as lastError',
      toMs(row.ref('u.since')).as('sinceMs'),
    ])
    .where('u.stream', '=', stream)
    .orderBy('u.since')
    .limit(limit);

const forgotten = (told: readonly Untold[]) =>
  tables.deleteFrom('untold_end').where(
    (row) => fragment<boolean>`(${row.ref('assessment_id')}, ${row.ref('version')}, ${row.ref('stream')}) in
      (select * from unnest(${told.map(({ id }) => id)}::uuid[], ${told.map(({ version }) => version)}::int[],
        ${told.map(({ stream }) => stream)}::text[]))`,
  );

export function createUntold(sql: Sql) {
  return {
    /** Notes that the stream lacks the message. */
    add: groupCommit<Untold, void>({
      async run(items) {
        await sql('add-untold', ADD, [
          uuidArray(items.map(({ id }) => id)),
          items.map(({ version }) => version),
          items.map(({ stream }) => stream),
          uuidArray(items.map(({ sessionId }) => sessionId)),
          items.map(({ status }) => status),
          items.map(({ round }) => round),
        ]);
        return items.map(() => undefined);
      },
      itemsMax: ROWS_MAX,
    }),

    /** The longest untold ones first. */
    async oldest(stream: UntoldStream, limit: number): Promise<ToTell[]> {
      return await carryOut(sql, 'oldest-untold', oldest(stream, limit));
    },

    /** To be called once the stream has confirmed them. */
    async told(items: readonly Untold[]): Promise<void> {
      if (items.length > 0) await carryOut(sql, 'forget-untold', forgotten(items));
    },
  };
}
