import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from '../ports.ts';
import type { RequestBody, Scenario, Scenarios } from './scenario.ts';

/** One entry of the ledger. */
export type ProviderCall = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  readonly stream: boolean;
  /** A worker's look at the provider, with a made-up assessment. It is nobody's call. */
  readonly isLook: boolean;
  /** The assessment of the key; undefined for a look. */
  readonly assessmentId: string | undefined;
  /** 0 until the response is closed. */
  status: number;
};

export type Providers = {
  readonly url: string;
  /** The address of a scenario, for OPENAI_BASE_URL. */
  baseUrl: (name: string) => string;
  /** An address that answers as the scenario of the last `use`. */
  readonly switchUrl: string;
  /** From now on `switchUrl` answers as this scenario: a provider that breaks, or is mended. */
  use: (name: string) => void;
  /** The calls of a scenario in the order of their arrival, looks included. */
  calls: (name: string) => readonly ProviderCall[];
  /** The calls for people. */
  peoples: (name: string) => readonly ProviderCall[];
  /** Calls without a whole response. */
  inFlight: () => number;
  /** Rejects if a scenario threw or a request was no JSON, which a client that tries again would hide. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const SWITCH = 'switch';

/** A server on 127.0.0.1 that plays all scenarios: the first part of the path is the name of the scenario. */
export async function startProviders(scenarios: Scenarios): Promise<Providers> {
  const ledger = new Map(Object.keys(scenarios).map((name) => [name, [] as ProviderCall[]]));
  const faults: unknown[] = [];
  let used = Object.keys(scenarios)[0] ?? '';
  let inFlight = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    inFlight += 1;
    response.once('close', () => (inFlight -= 1));
    serve(request, response).catch((fault: unknown) => {
      faults.push(fault);
      response.destroy();
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, first = ''] = new URL(request.url ?? '', 'http://provider').pathname.split('/');
    const name = first === SWITCH ? used : first;
    const body = JSON.parse((await text(request)) || '{}') as RequestBody;
    const call = callOf(request, body);
    const calls = callsOf(name);
    calls.push(call);
    response.once('close', () => (call.status = response.statusCode));
    const counted = call.isLook ? calls : calls.filter(({ isLook }) => !isLook);
    const exchange = { body, url: call.url, headers: call.headers, response };
    const at = { number: counted.length, ageMs: call.at - (calls[0]?.at ?? call.at) };
    scenarioOf(name).answer({ ...exchange, ...at });
  }

  const scenarioOf = (name: string): Scenario => scenarios[name] ?? unknown(name);
  const callsOf = (name: string): ProviderCall[] => ledger.get(name) ?? unknown(name);
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    if (faults.length > 0) throw new AggregateError(faults, `a scenario failed: ${String(faults[0])}`);
  };
  return {
    url,
    baseUrl: (name) => `${url}/${name}${scenarioOf(name).path ?? '/v1'}`,
    switchUrl: `${url}/${SWITCH}/v1`,
    use: (name) => {
      scenarioOf(name);
      used = name;
    },
    calls: callsOf,
    peoples: (name) => callsOf(name).filter(({ isLook }) => !isLook),
    inFlight: () => inFlight,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function unknown(name: string): never {
  throw new Error(`there is no scenario "${name}"`);
}

function callOf({ url = '', headers }: IncomingMessage, body: RequestBody): ProviderCall {
  const key = headers['idempotency-key']?.toString() ?? '';
  const isLook = key.startsWith('look:');
  const assessmentId = isLook ? undefined : /^[0-9a-f-]{36}/.exec(key)?.[0];
  return { at: Date.now(), url, headers, body, stream: body.stream === true, isLook, assessmentId, status: 0 };
}

/** A provider with a single answer. */
export async function startProvider(answer: Scenario['answer']) {
  const name = 'it';
  const it: Scenario = { provider: 'a provider', does: 'as given', source: 'common', right: ['completes'], answer };
  const providers = await startProviders({ [name]: it });
  return {
    baseUrl: providers.baseUrl(name),
    calls: () => providers.calls(name),
    peoples: () => providers.peoples(name),
    inFlight: () => providers.inFlight(),
    close: () => providers.close(),
    [Symbol.asyncDispose]: () => providers.close(),
  };
}
