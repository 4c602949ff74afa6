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
  type Asked,
  type Kind,
  type Reference,
  type Result,
  type ReportedError,
} from './reference.ts';
import { MARK } from './program-texts.ts';
import { eventsOf } from './stream.ts';

/** The results of an operation, and what the services were asked for them. */
type Outcome = { results: Result[]; calls: string[] };
type Right = Reference & Outcome;

type Way = {
  kinds: readonly Kind[];
  ask: (asked: Asked) => Promise<ExecutionResult[]>;
  takes?: (asked: Asked) => boolean;
};

/** The largest header of the server, with room for the others. */
const URL_CHARACTERS_MAX = 15_000;
const TOO_COMPLEX = 'OPERATION_TOO_COMPLEX';

export type EveryTransport = Awaited<ReturnType<typeof startEveryTransport>>;

/** An server over services in memory, and graphql itself over the same services. */
export async function startEveryTransport() {
  const fake = fakeServices();
  const { services } = fake;
  const server = await startFakeServer({ services, introspection: true });
  const socket = createClient({ url: socketUrl(server.url), webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 });
  const ways = Object.entries(waysTo(server.url, socket));
  return {
    /**
     * Expects graphql's own response, each of so many times, over every way that carries operations of the kind; a
     * refusal over the others. What our limits refuse is refused alike. No text of a document is run.
     */
    async expectSame(asked: Asked, times = 1): Promise<Right & { isTooComplex: boolean }> {
      const right: Right = { ...(await referenceOf(asked, services)), calls: fake.taken() };
      let isTooComplex: boolean | undefined;
      for (const [name, way] of ways) {
        if (way.takes?.(asked) === false) continue;
        const isCarried = right.kind === undefined || way.kinds.includes(right.kind);
        for (let time = 1; time <= (isCarried ? times : 1); time++) {
          const label = `${name}, ${time}`;
          const seen: Outcome = { results: (await way.ask(asked)).map(asResult), calls: fake.taken() };
          const isOver = isCarried && seen.results[0]?.errors[0]?.code === TOO_COMPLEX;
          if (isCarried) expect(isOver, `${label}: too complex`).toBe((isTooComplex ??= isOver));
          const hasRightAnswer = isCarried && !isOver && right.results.length > 0;
          expect(globalThis, label).not.toHaveProperty(MARK);
          expect(seen, label).toStrictEqual(hasRightAnswer ? expectedOf(right, seen, name) : refusalLike(seen));
        }
      }
      return { ...right, isTooComplex: isTooComplex === true };
    },

    async [Symbol.asyncDispose]() {
      await socket.dispose();
      await server[Symbol.asyncDispose]();
    },
  };
}

function waysTo(url: string, socket: Client): Record<string, Way> {
  const post = (accept: string) => async (asked: Asked) =>
    resultsOf(
      await fetch(`${url}/graphql`, {
        method: 'POST',
        body: JSON.stringify(asked),
        headers: { ...JSON_TYPE, accept },
      }),
    );
  const get = (accept: string) => async (asked: Asked) =>
    resultsOf(await fetch(targetOf(url, asked), { headers: { accept } }));
  const takes = (asked: Asked): boolean => targetOf(url, asked).length < URL_CHARACTERS_MAX;
  return {
    POST: { kinds: ['query', 'mutation'], ask: post('application/json') },
    'POST, as graphql-response': { kinds: ['query', 'mutation'], ask: post('application/graphql-response+json') },
    GET: { kinds: ['query'], ask: get('application/json'), takes },
    'event stream': { kinds: ['query', 'mutation', 'subscription'], ask: post('text/event-stream') },
    'event stream by GET': { kinds: ['query', 'subscription'], ask: get('text/event-stream'), takes },
    [SOCKET]: { kinds: ['subscription'], ask: (asked) => overSocket(socket, asked) },
  };
}

const SOCKET = 'socket';

function targetOf(url: string, { query, operationName, variables }: Asked): string {
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

async function overSocket(socket: Client, asked: Asked): Promise<ExecutionResult[]> {
  const results: ExecutionResult[] = [];
  try {
    for await (const result of socket.iterate(asked)) results.push(result as ExecutionResult);
  } catch (errors) {
    // Those of the protocol's `error`.
    if (!Array.isArray(errors)) throw errors;
    results.push({ errors });
  }
  return results;
}

/** The right outcome. Details that this way need not tell are taken over from what was seen. */
function expectedOf({ results, calls, kind, isRefused }: Right, seen: Outcome, way: string): Outcome {
  // Long documents of sockets lose their white space, and the documents of events their locations.
  const hasLocations = way !== SOCKET && (kind !== 'subscription' || isRefused);
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

/** Errors with their codes and nothing else, before anything was asked. */
function refusalLike({ results: [first] }: Outcome): Outcome {
  const [error = { path: 'null', locations: 'null', code: undefined }, ...more] = first?.errors ?? [];
  const errors = [error, ...more].map(({ code = 'some code', ...rest }) => ({ ...rest, code }));
  return { results: [{ data: undefined, errors }], calls: [] };
}
