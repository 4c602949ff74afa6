import { GraphQLError } from 'graphql';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { asGraphQLError, PresentedError, toPublicError } from './error-table.ts';
import { refusalLog } from './refusal-log.ts';

/** Gives errors their public form. Counts and logs all of them, the unexpected ones with their cause. */
export type PresentErrors = (errors: readonly unknown[], requestId: string) => PresentedError[];

export function errorPresenter(log: Log, metrics: Metrics): PresentErrors {
  const logRefusal = refusalLog(log);
  return (errors, requestId) =>
    errors.map((error) => {
      if (error instanceof PresentedError) return error;
      const shown = toPublicError(error);
      metrics.errors.inc({ part: 'graphql', code: shown.code });
      if (shown.unexpected)
        log.error(
          { err: rootOf(error), requestId },
          'unexpected error of an operation: its caller got INTERNAL_SERVER_ERROR',
        );
      else logRefusal(shown.code, { requestId, route: 'graphql' });
      return new PresentedError(asGraphQLError(error), shown, requestId);
    });
}

const rootOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.originalError ?? error.cause ?? error) : error;
