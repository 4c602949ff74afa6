import type { DeadLetterCursor, StoredDeadLetter } from '../adapters/database/retrying.ts';
import { RequestError } from '../errors.ts';
import { isUuid } from '../events.ts';
import { builder } from './builder.ts';
import { checkPageSize, toConnection } from './connection.ts';
import { FailureCodeType } from './types/assessment.ts';
import { DeadLetterConnection } from './types/dead-letter.ts';

const PAGE = 20;
const PAGE_MAX = 100;

builder.queryField('deadLetters', (t) =>
  t.field({
    type: DeadLetterConnection,
    description: 'For operators: what failed for good, newest first.',
    args: {
      first: t.arg.int({ defaultValue: PAGE, description: `At most ${PAGE_MAX}.` }),
      after: t.arg.string(),
      code: t.arg({ type: FailureCodeType }),
      since: t.arg({ type: 'DateTime' }),
    },
    complexity: ({ first }) => ({ field: 1, multiplier: Math.max(1, Math.min(first ?? PAGE, PAGE_MAX)) }),
    resolve: async (_root, { first, after, code, since }, context) => {
      context.requireOperator();
      const size = checkPageSize(first ?? PAGE, PAGE_MAX);
      const query = { code: code ?? null, since: since ?? null, until: null, ids: null };
      const rows = await context.services.deadLetters.deadLetters(query, after == null ? null : parse(after), size + 1);
      return toConnection(rows, size, after != null, cursorOf);
    },
  }),
);

const cursorOf = ({ createdAt, assessmentId, round }: StoredDeadLetter): string =>
  Buffer.from(`${createdAt.toISOString()} ${assessmentId} ${round}`).toString('base64url');

function parse(cursor: string): DeadLetterCursor {
  const [createdAt = '', assessmentId = '', round = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (Number.isNaN(Date.parse(createdAt)) || !isUuid(assessmentId) || !/^\d{1,9}$/.test(round))
    throw new RequestError('BAD_USER_INPUT', '"after" is not a cursor of this list.');
  return { createdAt, assessmentId, round: Number(round) };
}
