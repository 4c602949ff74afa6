import type { Session } from '../../assessments/sessions.ts';
import type { AssessmentView } from '../../entities/assessment-view.ts';
import { RequestError } from '../../errors.ts';
import { isUuid } from '../../events.ts';
import { builder } from '../builder.ts';
import { PAGE, PAGE_MAX, pageSizeOf, rowsOfPage, toConnection } from '../connection.ts';
import { fromCursor, toCursor } from '../cursors.ts';
import { oncePerRequest } from '../once-per-request.ts';
import { AssessmentStatusType, AssessmentType } from './assessment.ts';

/** A list costs a statement, and its rows, which are read with answers and results whatever fields are asked for. */
const LIST_COMPLEXITY = 20;
const ROW_COMPLEXITY = 30;

const AssessmentConnection = builder.connectionObject(
  { type: AssessmentType, name: 'AssessmentConnection', description: 'A page of assessments.' },
  { name: 'AssessmentEdge', description: 'An assessment and its place in the list.' },
);

export const SessionType = builder.objectRef<Session>('Session').implement({
  description: 'One visitor, who owns assessments.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A UUID. It is no secret and opens nothing.' }),
    createdAt: t.field({ type: 'DateTime', description: 'When it began.', resolve: ({ createdAt }) => createdAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends at the latest. Start another session then.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    cursor: t.string({
      description: 'Pass it as `after` to `assessmentFinished` to get every end from now on.',
      resolve: (_session, _args, { services }) => services.feeds.cursor,
    }),
    assessments: t.field({
      type: AssessmentConnection,
      nullable: true,
      description: 'Its assessments, newest first. Null only together with an error, if the list can not be read.',
      args: {
        first: t.arg.int({ defaultValue: PAGE, description: `Length of the page, from 1 to ${PAGE_MAX}.` }),
        after: t.arg.string({ description: '`endCursor` of the page before. Default: from the newest.' }),
        status: t.arg({ type: AssessmentStatusType, description: 'Only those in this state.' }),
        questionnaire: t.arg.string({ description: 'Only those of this questionnaire: a slug, or `slug@version`.' }),
      },
      complexity: ({ first }) => {
        const rows = rowsOfPage(first);
        return { field: LIST_COMPLEXITY + rows * ROW_COMPLEXITY, multiplier: rows };
      },
      resolve: async ({ id }, args, context) => {
        const first = pageSizeOf(args.first);
        const filter = {
          sessionId: id,
          status: args.status ?? null,
          questionnaire: args.questionnaire == null ? null : checkSlug(args.questionnaire),
          before: args.after == null ? null : idOfCursor(args.after),
          limit: first + 1,
        };
        // The list may not be older than the cursor of the same request.
        await context.services.feeds.settled;
        const rows = await oncePerRequest(context, JSON.stringify(filter), () =>
          context.services.reading.ofSession(filter),
        );
        return toConnection(rows, first, args.after != null, cursorOf);
      },
    }),
  }),
});

/** Other texts match nothing, and the database refuses some of them, such as those with a zero byte. */
function checkSlug(questionnaire: string): string {
  if (!/^[a-z0-9-]{1,100}(@\d{1,9})?$/.test(questionnaire))
    throw new RequestError('BAD_USER_INPUT', '"questionnaire" must be a slug, or slug@version.');
  return questionnaire;
}

const cursorOf = ({ id }: AssessmentView): string => toCursor(id);

const idOfCursor = (cursor: string): string => fromCursor(cursor, (id) => (isUuid(id) ? id : undefined));
