import type { AssessmentView } from '../entities/assessment-view.ts';
import { UserError } from '../errors.ts';
import { builder } from './builder.ts';
import { AssessmentType } from './types/assessment.ts';
import { UserErrorInterface } from './types/user-error.ts';

/** The source of a payload: what a use case returned, or the errors that kept it from it. */
export type Payload<Value> = { value: Value | null; errors: readonly UserError[] };

/** Runs a use case. An error that the caller can mend becomes the payload's; every other one is thrown. */
export async function payloadOf<Value>(work: () => Promise<Value>): Promise<Payload<Value>> {
  try {
    return { value: await work(), errors: [] };
  } catch (error) {
    if (error instanceof UserError) return { value: null, errors: [error] };
    throw error;
  }
}

/** Adds `errors` to a payload's type. */
export function withErrors<Source extends { errors: readonly UserError[] }>(
  payload: ReturnType<typeof builder.objectRef<Source>>,
): void {
  builder.objectField(payload, 'errors', (t) =>
    t.field({
      type: [UserErrorInterface],
      // One error at most, where other lists have ten items.
      complexity: { field: 1, multiplier: 1 },
      description: 'The errors that the caller can mend; empty if it was done. Each has a `message` and a `code`.',
      // An `Error` in a result counts as an exception of graphql, so each is wrapped.
      resolve: ({ errors }) => errors.map((error) => ({ error })),
    }),
  );
}

/** The payload of a mutation of one assessment. */
export function assessmentPayload(name: string, description: string, assessment: string) {
  const payload = builder.objectRef<Payload<AssessmentView>>(name);
  payload.implement({
    description,
    fields: (t) => ({
      assessment: t.field({
        type: AssessmentType,
        nullable: true,
        description: assessment,
        resolve: ({ value }) => value,
      }),
    }),
  });
  withErrors(payload);
  return payload;
}
