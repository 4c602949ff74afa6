import { RequestError } from '../errors.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { assessmentPayload, payloadOf } from './payload.ts';

const SubmitAssessmentInput = builder.inputType('SubmitAssessmentInput', {
  description: 'One filled-in questionnaire.',
  fields: (t) => ({
    questionnaire: t.string({
      required: true,
      description: 'The slug of the questionnaire, such as `wellbeing-check`.',
    }),
    questionnaireVersion: t.int({
      description: 'The version that was filled in, such as 1. Default: the newest that is not withdrawn.',
    }),
    language: t.string({
      description:
        'The language of the texts that were filled in, as in `Questionnaire.language`; the result is written in it. Default: by `Accept-Language`, otherwise that of the questionnaire.',
    }),
    answers: t.field({
      type: 'JSON',
      required: true,
      description: "An object that is valid by the questionnaire's `schema`.",
    }),
    idempotencyKey: t.string({
      description:
        'Choose one for each filled-in form, such as a UUID: repeated submissions with it create one assessment. At most 200 printable ASCII characters without a space. The HTTP header `Idempotency-Key` may be used instead.',
    }),
    watch: t.boolean({
      defaultValue: false,
      description: 'Stream drafts while the model writes. Set it if you subscribe to `assessmentUpdated`.',
    }),
  }),
});

/** @throws RequestError (BAD_USER_INPUT) */
function keyOf({ idempotencyKey }: { idempotencyKey?: string | null }, context: Context): string | undefined {
  const { idempotencyKey: header } = context;
  if (idempotencyKey != null && header !== undefined && idempotencyKey !== header)
    throw new RequestError(
      'BAD_USER_INPUT',
      'The header "Idempotency-Key" and "idempotencyKey" differ. Send one of them.',
    );
  return idempotencyKey ?? header;
}

const SubmitAssessmentPayload = assessmentPayload(
  'SubmitAssessmentPayload',
  'The outcome of a submission.',
  'The stored assessment, or the one that the same key stored before. Null where `errors` says why.',
);

builder.mutationField('submitAssessment', (t) =>
  t.field({
    type: SubmitAssessmentPayload,
    nullable: true,
    description: 'Stores the answers and queues the assessment. Subscribe to `recommendationCompleted` for its result.',
    args: {
      input: t.arg({ type: SubmitAssessmentInput, required: true, description: 'The questionnaire and its answers.' }),
    },
    resolve: async (_root, { input }, context) => {
      const submitter = { session: await context.requireSession(), networks: context.networks() };
      const rest = { idempotencyKey: keyOf(input, context), accepted: context.languages() };
      return payloadOf(() => context.services.submit(submitter, { ...input, ...rest }, context.trace));
    },
  }),
);
