import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { wellbeingAnswers } from './questionnaires.ts';

/** Data of a GraphQL response, untyped: each test checks the parts that it expects. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;
export type GraphQLResponse = { status: number; headers: Headers; data: Loose; errors?: Loose[] };

export type Client = {
  url: string;
  cookie: string;
  sessionId: string;
  graphql: (query: string, variables?: unknown, headers?: Record<string, string>) => Promise<GraphQLResponse>;
  rest: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  /** Submits the wellbeing check and returns the id. */
  submit: (input?: Record<string, unknown>) => Promise<string>;
  /** Submits and returns the assessment, or the error of the payload. */
  trySubmit: (input?: Record<string, unknown>) => Promise<Loose>;
  read: (id: string) => Promise<Loose>;
  /** Events of `recommendationCompleted` until it completes, over a socket of its own. */
  completion: (id: string) => Promise<Loose[]>;
  /** A graphql-ws client with this session's cookie that does not reconnect. */
  socket: () => SocketClient;
};

const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) { submitAssessment(input: $input) {
  assessment { __typename id status version } errors { __typename message code
  ... on InvalidAnswersError { issues { path rule message } } ... on TooManyAssessmentsError { retryAfterSeconds } } } }`;
export const COMPLETED = `subscription Completed($id: ID!) { recommendationCompleted(assessmentId: $id) { assessment {
  id status version round result { summary recommendations { title } } failure { code message retryable } } } }`;
const READ = `query Read($id: ID!) { assessment(id: $id) { id status version round answers startedAt endedAt
  questionnaire { id } result { summary recommendations { title rationale action area priority }
  scores { area parent title value level } model promptVersion } failure { code message retryable } } }`;

/** The assessment of a payload, or its error. */
export const outcomeIn = ({ assessment, errors }: Loose): Loose => assessment ?? errors[0];

/** A visitor with a new session, by cookie. */
export async function startClient(url: string): Promise<Client> {
  const started = await post(url, '', 'mutation { startSession { session { id } } }');
  const cookie = started.headers.get('set-cookie')?.split(';')[0] ?? '';
  return clientWith(url, cookie, started.data.startSession.session.id);
}

export function clientWith(url: string, cookie: string, sessionId = ''): Client {
  const graphql: Client['graphql'] = (query, variables, headers) => post(url, cookie, query, variables, headers);
  const socket = (): SocketClient =>
    createClient({ url: socketUrl(url), webSocketImpl: socketWith({ cookie }), retryAttempts: 0, lazy: true });
  const trySubmit: Client['trySubmit'] = async (input = {}) => {
    const given = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers, ...input };
    const { data, errors } = await graphql(SUBMIT, { input: given });
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return outcomeIn(data.submitAssessment);
  };
  return {
    url,
    cookie,
    sessionId,
    graphql,
    trySubmit,
    socket,
    rest: (method, path, body, headers) =>
      fetch(url + path, {
        method,
        headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async submit(input) {
      const result = await trySubmit(input);
      if (result.__typename !== 'Assessment') throw new Error(JSON.stringify(result));
      return result.id;
    },
    read: async (id) => (await graphql(READ, { id })).data.assessment,
    async completion(id) {
      const client = socket();
      const events: Loose[] = [];
      try {
        for await (const event of client.iterate({ query: COMPLETED, variables: { id } })) events.push(event);
      } finally {
        await client.dispose();
      }
      return events;
    },
  };
}

export const socketUrl = (url: string): string => `${url.replace('http', 'ws')}/graphql`;

/** The class of `ws` with the headers of a browser. */
export function socketWith(headers: Record<string, string>): typeof WebSocket {
  return class extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, { headers });
    }
  } as typeof WebSocket;
}

async function post(
  url: string,
  cookie: string,
  query: string,
  variables: unknown = {},
  headers: Record<string, string> = {},
): Promise<GraphQLResponse> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }), ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Loose; errors?: Loose[] };
  return { status: response.status, headers: response.headers, data, ...(errors === undefined ? {} : { errors }) };
}
