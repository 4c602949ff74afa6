import { GraphQLError } from 'graphql';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { asGraphQLError, PublishedError, toPublicError } from './error-table.ts';

/** Gives errors their public form. An unexpected one is logged here, since the caller is told nothing of it. */
export type Publish = (errors: readonly unknown[], requestId: string) => PublishedError[];

export function publisher(log: Log, metrics: Metrics): Publish {
  return (errors, requestId) =>
    errors.map((error) => {
      if (error instanceof PublishedError) return error;
      const known = toPublicError(error);
      metrics.errors.inc({ part: 'graphql', code: known.code });
      if (known.unexpected) log.error({ err: rootOf(error), requestId }, 'an operation failed in an unexpected way');
      return new PublishedError(asGraphQLError(error), known, requestId);
    });
}

const rootOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.originalError ?? error.cause ?? error) : error;
