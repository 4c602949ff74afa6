import type { DeadLetterCursor } from '../adapters/database.ts';
import type { StoredDeadLetter } from '../entities/dead-letter.ts';
import { isUuid } from '../events.ts';
import { builder } from './builder.ts';
import { PAGE, PAGE_MAX, pageSizeOf, rowsOfPage, toConnection } from './connection.ts';
import { fromCursor, toCursor } from './cursors.ts';
import { FailureCodeType } from './types/assessment.ts';
import { DeadLetterConnection } from './types/dead-letter.ts';

builder.queryField('deadLetters', (t) =>
  t.field({
    type: DeadLetterConnection,
    nullable: true,
    description: 'For operators: the rounds that failed for good, newest first.',
    args: {
      first: t.arg.int({ defaultValue: PAGE, description: `Length of the page, from 1 to ${PAGE_MAX}.` }),
      after: t.arg.string({ description: '`endCursor` of the page before. Default: from the newest.' }),
      code: t.arg({ type: FailureCodeType, description: 'Only rounds that failed with this code.' }),
      since: t.arg({ type: 'DateTime', description: 'Only rounds that failed at this time or later.' }),
    },
    complexity: ({ first }) => ({ field: 1, multiplier: rowsOfPage(first) }),
    resolve: async (_root, { first, after, code, since }, context) => {
      const operator = context.requireOperator();
      const size = pageSizeOf(first);
      const query = { code: code ?? null, since: since ?? null, until: null, ids: null };
      const place = after == null ? null : fromCursor(after, placeOf);
      const rows = await context.services.retry.deadLetters(query, { place, limit: size + 1 }, operator);
      return toConnection(rows, size, after != null, cursorOf);
    },
  }),
);

const cursorOf = ({ createdAt, assessmentId, round }: StoredDeadLetter): string =>
  toCursor(`${createdAt.toISOString()} ${assessmentId} ${round}`);

/** Only years that PostgreSQL and `toISOString` write alike; `round` is a column of type int. */
const PLACE = /^(?<createdAt>(?!0000)\d{4}-\S+Z) (?<assessmentId>\S+) (?<round>[1-9]\d{0,9})$/;
const ROUND_MAX = 2 ** 31 - 1;

function placeOf(text: string): DeadLetterCursor | undefined {
  const { createdAt = '', assessmentId = '', round } = PLACE.exec(text)?.groups ?? {};
  const isTime = !Number.isNaN(Date.parse(createdAt)) && new Date(createdAt).toISOString() === createdAt;
  return isTime && isUuid(assessmentId) && Number(round) <= ROUND_MAX
    ? { createdAt, assessmentId, round: Number(round) }
    : undefined;
}
