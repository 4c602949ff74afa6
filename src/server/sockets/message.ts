import { stripIgnoredCharacters } from 'graphql';
import { MessageType, parseMessage, type ConnectionInitMessage, type SubscribeMessage } from 'graphql-ws';
import { declaredOnly, factsOf } from '../graphql/documents.ts';

/** A longer document is kept without its comments and white space. */
const QUERY_CHARACTERS = 4_000;
/** A longer value can be no session token. */
const AUTHORIZATION_CHARACTERS_MAX = 1_000;
/** Clients send a UUID or a counter. graphql-ws keeps the id, so it counts for the kept bytes of its socket. */
const ID_CHARACTERS_MAX = 2_048;

/**
 * A client's message without everything that the protocol does not use: graphql-ws keeps the message for as long as its
 * subscription or socket lasts.
 * @returns undefined if the text is no message that a client may send
 */
export function essentialMessage(text: string): string | undefined {
  try {
    const message = parseMessage(text);
    if ('id' in message && message.id.length > ID_CHARACTERS_MAX) return undefined;
    switch (message.type) {
      case MessageType.ConnectionInit:
        return JSON.stringify(essentialInit(message));
      case MessageType.Subscribe:
        return JSON.stringify(essentialSubscribe(message));
      case MessageType.Ping:
      case MessageType.Complete:
        return text;
      case MessageType.Pong:
        return JSON.stringify({ type: message.type });
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function essentialInit({ type, payload }: ConnectionInitMessage): object {
  const authorization = payload?.['Authorization'] ?? payload?.['authorization'];
  if (typeof authorization !== 'string') return { type };
  return { type, payload: { authorization: authorization.slice(0, AUTHORIZATION_CHARACTERS_MAX) } };
}

function essentialSubscribe({ id, type, payload }: SubscribeMessage): object {
  const { query, operationName, variables } = payload;
  return {
    id,
    type,
    payload: {
      query: essentialQuery(query),
      ...(operationName == null ? {} : { operationName }),
      ...(variables == null ? {} : { variables: declaredOnly(variables, factsOf(query)) }),
    },
  };
}

function essentialQuery(query: string): string {
  if (query.length <= QUERY_CHARACTERS || factsOf(query).isTooLarge) return query;
  try {
    return stripIgnoredCharacters(query);
  } catch {
    // A lexical error, which the parser reports.
    return query;
  }
}
