import { GraphQLError } from 'graphql';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { asGraphQLError, PresentedError, toPublicError } from './error-table.ts';

/** Gives errors their public form. An unexpected one is logged here, since the caller is told nothing of it. */
export type PresentErrors = (errors: readonly unknown[], requestId: string) => PresentedError[];

export function errorPresenter(log: Log, metrics: Metrics): PresentErrors {
  return (errors, requestId) =>
    errors.map((error) => {
      if (error instanceof PresentedError) return error;
      const known = toPublicError(error);
      metrics.errors.inc({ part: 'graphql', code: known.code });
      if (known.unexpected) log.error({ err: rootOf(error), requestId }, 'an operation failed in an unexpected way');
      return new PresentedError(asGraphQLError(error), known, requestId);
    });
}

const rootOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.originalError ?? error.cause ?? error) : error;
