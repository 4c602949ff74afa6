import type { ExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { socketUrl } from '../support/client.ts';
import { JSON_TYPE } from './requests.ts';
import { startFakeServer } from './fake-server.ts';
import { fakeServices } from './fake-services.ts';
import {
  asResult,
  referenceOf,
  type GraphQLRequest,
  type Kind,
  type Reference,
  type Result,
  type ReportedError,
} from './reference.ts';
import { MARK } from './program-texts.ts';
import { eventsOf } from './stream.ts';

/** The results of an operation, and the calls of services for them. */
type Outcome = { results: Result[]; calls: string[] };
type Expected = Reference & Outcome;

type Transport = {
  kinds: readonly Kind[];
  ask: (request: GraphQLRequest) => Promise<ExecutionResult[]>;
  takes?: (request: GraphQLRequest) => boolean;
};

/** Below the server's limit for all headers of a request. */
const URL_CHARACTERS_MAX = 15_000;
const TOO_COMPLEX = 'OPERATION_TOO_COMPLEX';

export type EveryTransport = Awaited<ReturnType<typeof startEveryTransport>>;

/** A server over services in memory, and graphql's own functions over the same services. */
export async function startEveryTransport() {
  const fake = fakeServices();
  const { services } = fake;
  const server = await startFakeServer({ services, introspection: true });
  const socket = createClient({ url: socketUrl(server.url), webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 });
  const transports = Object.entries(transportsTo(server.url, socket));
  return {
    /**
     * Sends the request several times over each transport that carries its kind of operation, and expects graphql's own
     * results, or the same refusal by our limits. Expects the other transports to refuse it. Checks that no text of the
     * request is executed.
     */
    async expectSame(request: GraphQLRequest, times = 1): Promise<Expected & { isTooComplex: boolean }> {
      const expected: Expected = { ...(await referenceOf(request, services)), calls: fake.taken() };
      let isTooComplex: boolean | undefined;
      for (const [name, transport] of transports) {
        if (transport.takes?.(request) === false) continue;
        const isCarried = expected.kind === undefined || transport.kinds.includes(expected.kind);
        for (let time = 1; time <= (isCarried ? times : 1); time++) {
          const label = `${name}, ${time}`;
          const seen: Outcome = { results: (await transport.ask(request)).map(asResult), calls: fake.taken() };
          const isOver = isCarried && seen.results[0]?.errors[0]?.code === TOO_COMPLEX;
          if (isCarried) expect(isOver, `${label}: too complex`).toBe((isTooComplex ??= isOver));
          const hasResults = isCarried && !isOver && expected.results.length > 0;
          expect(globalThis, label).not.toHaveProperty(MARK);
          expect(seen, label).toStrictEqual(hasResults ? expectedOf(expected, seen, name) : refusalLike(seen));
        }
      }
      return { ...expected, isTooComplex: isTooComplex === true };
    },

    async [Symbol.asyncDispose]() {
      await socket.dispose();
      await server[Symbol.asyncDispose]();
    },
  };
}

function transportsTo(url: string, socket: Client): Record<string, Transport> {
  const post = (accept: string) => async (request: GraphQLRequest) =>
    resultsOf(
      await fetch(`${url}/graphql`, {
        method: 'POST',
        body: JSON.stringify(request),
        headers: { ...JSON_TYPE, accept },
      }),
    );
  const get = (accept: string) => async (request: GraphQLRequest) =>
    resultsOf(await fetch(targetOf(url, request), { headers: { accept } }));
  const takes = (request: GraphQLRequest): boolean => targetOf(url, request).length < URL_CHARACTERS_MAX;
  return {
    POST: { kinds: ['query', 'mutation'], ask: post('application/json') },
    'POST, as graphql-response': { kinds: ['query', 'mutation'], ask: post('application/graphql-response+json') },
    GET: { kinds: ['query'], ask: get('application/json'), takes },
    'event stream': { kinds: ['query', 'mutation', 'subscription'], ask: post('text/event-stream') },
    'event stream by GET': { kinds: ['query', 'subscription'], ask: get('text/event-stream'), takes },
    [SOCKET]: { kinds: ['subscription'], ask: (request) => overSocket(socket, request) },
  };
}

const SOCKET = 'socket';

function targetOf(url: string, { query, operationName, variables }: GraphQLRequest): string {
  const search = new URLSearchParams({ query });
  if (operationName !== undefined) search.set('operationName', operationName);
  if (variables !== undefined) search.set('variables', JSON.stringify(variables));
  return `${url}/graphql?${search}`;
}

async function resultsOf(response: Response): Promise<ExecutionResult[]> {
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  return (isStream ? eventsOf(text) : [text]).map((json) => JSON.parse(json));
}

async function overSocket(socket: Client, request: GraphQLRequest): Promise<ExecutionResult[]> {
  const results: ExecutionResult[] = [];
  try {
    for await (const result of socket.iterate(request)) results.push(result as ExecutionResult);
  } catch (errors) {
    // The errors of a message of type `error`.
    if (!Array.isArray(errors)) throw errors;
    results.push({ errors });
  }
  return results;
}

/** The expected outcome. Details that a transport may omit are taken over from the seen outcome. */
function expectedOf({ results, calls, kind, isRefused }: Expected, seen: Outcome, transport: string): Outcome {
  // Sockets drop white space of long documents, and events have no locations.
  const hasLocations = transport !== SOCKET && (kind !== 'subscription' || isRefused);
  const complete = (right: ReportedError, other: ReportedError | undefined): ReportedError => ({
    path: right.path,
    locations: hasLocations ? right.locations : (other?.locations ?? ''),
    code: right.code ?? other?.code ?? 'some code',
  });
  return {
    calls,
    results: results.map(({ data, errors }, index) => ({
      data,
      errors: errors.map((error, at) => complete(error, seen.results[index]?.errors[at])),
    })),
  };
}

/** Errors with codes, without data and without a call of a service. */
function refusalLike({ results: [first] }: Outcome): Outcome {
  const [error = { path: 'null', locations: 'null', code: undefined }, ...more] = first?.errors ?? [];
  const errors = [error, ...more].map(({ code = 'some code', ...rest }) => ({ ...rest, code }));
  return { results: [{ data: undefined, errors }], calls: [] };
}
