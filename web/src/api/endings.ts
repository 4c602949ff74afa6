import type { Client } from 'urql';
import { graphql } from '../gql/index.ts';
import { failureText } from './deletion.ts';
import type { ReadableError } from './errors.ts';

const DeleteMyData = graphql(`
  mutation DeleteMyData {
    payload: deleteMyData {
      assessments
      errors {
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
        message
      }
    }
  }
`);

/** The end of a session. `problem`: why it goes on, for the person. `assessments`: the number that was deleted. */
export type SessionEnd = { problem: string; error: ReadableError | undefined } | { assessments: number };

export const deleteMyData = async (client: Client): Promise<SessionEnd> => {
  const { data, error } = await client.mutation(DeleteMyData, {});
  const { assessments, errors } = data?.payload ?? {};
  if (typeof assessments === 'number') return { assessments };
  return { problem: errors?.[0]?.message ?? failureText(error), error };
};

export const endSession = async (client: Client): Promise<SessionEnd> => {
  const { data, error } = await client.mutation(EndSession, {});
  const { ended, errors } = data?.payload ?? {};
  if (typeof ended === 'boolean') return { assessments: 0 };
  return { problem: errors?.[0]?.message ?? failureText(error), error };
};
