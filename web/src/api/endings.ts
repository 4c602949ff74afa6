import type { Client } from 'urql';
import { graphql } from '../gql/index.ts';
import { failureText } from './deletion.ts';
import type { Words } from '../texts/server-words.ts';
import { refusalText, type ReadableError } from './errors.ts';

const DeleteMyData = graphql(`
  mutation DeleteMyData {
    payload: deleteMyData {
      assessments
      errors {
        kind: __typename
        message
      }
    }
  }
`);

const EndSession = graphql(`
  mutation EndSession {
    payload: endSession {
      ended
      errors {
        kind: __typename
        message
      }
    }
  }
`);

/** The end of a session. `problem`: why it goes on, for the person. `assessments`: the number that was deleted. */
export type SessionEnd = { problem: Words; error: ReadableError | undefined } | { assessments: number };

export const deleteMyData = async (client: Client): Promise<SessionEnd> => {
  const { data, error } = await client.mutation(DeleteMyData, {});
  const { assessments, errors } = data?.payload ?? {};
  if (typeof assessments === 'number') return { assessments };
  return refusedBy(errors, error);
};

export const endSession = async (client: Client): Promise<SessionEnd> => {
  const { data, error } = await client.mutation(EndSession, {});
  const { ended, errors } = data?.payload ?? {};
  if (typeof ended === 'boolean') return { assessments: 0 };
  return refusedBy(errors, error);
};

const refusedBy = (
  errors: readonly { kind: string; message: string }[] | null | undefined,
  error: ReadableError | undefined,
): SessionEnd => ({ problem: errors?.[0] ? refusalText(errors[0]) : failureText(error), error });
