import { REPLAY_MAX } from '../assessments/retry.ts';
import { RequestError } from '../errors.ts';
import { builder } from './builder.ts';
import { checkId } from './ids.ts';
import { payloadOf, withErrors, type Payload } from './payload.ts';
import { FailureCodeType } from './types/assessment.ts';

const IDS_MAX = 1_000;

const DeadLetterFilter = builder.inputType('DeadLetterFilter', {
  description: 'At least one criterion. A dead letter has to meet all of them.',
  fields: (t) => ({
    assessmentIds: t.idList({ description: `Only of these assessments, UUIDs; at most ${IDS_MAX}.` }),
    code: t.field({ type: FailureCodeType, description: 'Only rounds that failed with this code.' }),
    since: t.field({ type: 'DateTime', description: 'Only rounds that failed at this time or later.' }),
    until: t.field({ type: 'DateTime', description: 'Only rounds that failed before this time.' }),
  }),
});

const ReplayDeadLettersPayload = builder.objectRef<Payload<number>>('ReplayDeadLettersPayload');
ReplayDeadLettersPayload.implement({
  description: 'The outcome of a replay.',
  fields: (t) => ({
    replayed: t.int({
      nullable: true,
      description: `Number of assessments that began a new round, at most ${REPLAY_MAX} in one call: repeat the call while it is ${REPLAY_MAX}. Null where \`errors\` says why.`,
      resolve: ({ value }) => value,
    }),
  }),
});
withErrors(ReplayDeadLettersPayload);

builder.mutationField('replayDeadLetters', (t) =>
  t.field({
    type: ReplayDeadLettersPayload,
    nullable: true,
    description:
      'For operators: begins a new round for assessments that have failed and were not retried since, oldest first.',
    args: { filter: t.arg({ type: DeadLetterFilter, required: true, description: 'Which rounds to retry.' }) },
    resolve: async (_root, { filter }, context) => {
      const operator = context.requireOperator();
      const { assessmentIds, code, since, until } = filter;
      if ([assessmentIds, code, since, until].every((criterion) => criterion == null))
        throw new RequestError('BAD_USER_INPUT', 'Give at least one of assessmentIds, code, since and until.');
      if ((assessmentIds?.length ?? 0) > IDS_MAX)
        throw new RequestError('BAD_USER_INPUT', `"assessmentIds" takes at most ${IDS_MAX}.`);
      const ids = assessmentIds?.map(checkId) ?? null;
      const query = { ids, code: code ?? null, since: since ?? null, until: until ?? null };
      return payloadOf(() => context.services.retry.replay(query, context.trace, operator));
    },
  }),
);
