import { COMPLETED, type Loose } from '../support/client.ts';

export type EventStream = {
  status: number;
  headers: Headers;
  /** The received text so far. */
  text: () => string;
  /** The data of the `next` events so far. */
  events: () => Loose[];
  /** Resolves at the end; true: complete, false: cut off. */
  ended: Promise<boolean>;
  leave: () => void;
};

type StreamOptions = {
  cookie: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  /** Further members of the body; they replace others of the same name. */
  body?: object;
} & ({ id: string } | { query: string; variables: unknown });

/** `recommendationCompleted`, or another subscription, as server-sent events; resolves when the response begins. */
export async function openStream(url: string, options: StreamOptions): Promise<EventStream> {
  const { cookie, method = 'POST', headers = {}, body } = options;
  const leaving = new AbortController();
  const params =
    'query' in options
      ? { query: options.query, variables: options.variables }
      : { query: COMPLETED, variables: { id: options.id } };
  const search = new URLSearchParams({ query: params.query, variables: JSON.stringify(params.variables) });
  const response = await fetch(`${url}/graphql${method === 'GET' ? `?${search}` : ''}`, {
    method,
    headers: { cookie, accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body: JSON.stringify({ ...params, ...body }) }),
    signal: leaving.signal,
  });
  let received = '';
  const read = async (): Promise<boolean> => {
    try {
      for await (const chunk of response.body ?? []) received += Buffer.from(chunk).toString();
      return true;
    } catch {
      return false;
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    text: () => received,
    events: () => eventsOf(received).map((data) => JSON.parse(data)),
    ended: read(),
    leave: () => leaving.abort(),
  };
}

/** The data of the `next` events in the text of an event stream. */
export const eventsOf = (text: string): string[] =>
  text.split('\n\n').flatMap((message) => {
    const lines = message.split('\n');
    const data = lines.find((line) => line.startsWith('data: '));
    return lines.includes('event: next') && data !== undefined ? [data.slice('data: '.length)] : [];
  });
