import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { reply, type Behaviour } from './model-behaviours.ts';
import { Ledger, type Call, type ChatRequest } from './model-ledger.ts';
import type { PendingCall } from './model-replies.ts';
import { freePort } from './ports.ts';

/** The behaviours for the next calls: a list, used from the front, or a function of the call. */
export type Script = readonly Behaviour[] | ((call: Call) => Behaviour | undefined);

export type Model = Pick<
  Ledger,
  'calls' | 'callsFor' | 'paidFor' | 'waitFor' | 'waitForCalls' | 'inFlight' | 'peakInFlight'
> & {
  /** For `OPENAI_BASE_URL`. */
  readonly url: string;
  /** Replaces the last script. Calls without a scripted behaviour get a valid reply. */
  script(script: Script): void;
  /** The reply to made-up assessments, which the workers ask at their start. These are in a ledger of their own. */
  scriptLooks(behaviour: Behaviour): void;
  readonly looks: readonly Call[];
  /** From now on calls are recorded and wait. */
  hold(): void;
  /** Continues `count` waiting calls in the order of arrival; without a number, all waiting and later ones. */
  release(count?: number): void;
  /** Rejects if a request was not JSON or a scripted behaviour threw, which a retrying client would hide. */
  close(): Promise<void>;
};

/** A scripted model on 127.0.0.1 that speaks OpenAI's chat completions and keeps a ledger of its calls. */
export async function startModel(): Promise<Model> {
  const ledger = new Ledger();
  const looks = new Ledger();
  let toLook: Behaviour = reply();
  const gate = new Gate();
  let next: (call: Call) => Behaviour | undefined = undecided;
  const faults: unknown[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    serve(request, response).catch((fault: unknown) => {
      faults.push(fault);
      response.destroy();
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return listModels(request, response);
    const body: ChatRequest = JSON.parse(await text(request));
    if (request.headers['idempotency-key']?.toString().startsWith('look:')) {
      const look = looks.record(request.headers, body);
      return await toLook(follow(looks, look, response));
    }
    const call = ledger.record(request.headers, body);
    const pending = follow(ledger, call, response);
    const behaviour = next(call) ?? reply();
    await gate.pass(pending.gone);
    if (!pending.gone.aborted) await behaviour(pending);
  }

  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls: ledger.calls,
    looks: looks.calls,
    scriptLooks: (behaviour) => void (toLook = behaviour),
    get inFlight() {
      return ledger.inFlight;
    },
    get peakInFlight() {
      return ledger.peakInFlight;
    },
    callsFor: (...args) => ledger.callsFor(...args),
    paidFor: (...args) => ledger.paidFor(...args),
    waitFor: (...args) => ledger.waitFor(...args),
    waitForCalls: (...args) => ledger.waitForCalls(...args),
    script: (script) => {
      const queue = typeof script === 'function' ? [] : [...script];
      next = typeof script === 'function' ? script : () => queue.shift();
    },
    hold: () => gate.close(),
    release: (count) => gate.open(count),
    close: async () => {
      gate.open();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      if (faults.length > 0) throw new AggregateError(faults, `the scripted model failed: ${String(faults[0])}`);
    },
  };
}

const undecided = (): undefined => undefined;

/** Updates the ledger's entry of a call until its response is closed. */
function follow(ledger: Ledger, call: Call, response: ServerResponse): PendingCall {
  const gone = new AbortController();
  response.on('error', () => {}); // see `close`
  response.once('finish', () => {
    if (call.outcome === 'open') ledger.update(call, { outcome: 'answered' });
  });
  response.once('close', () => {
    ledger.update(call, { closed: true, ...(call.outcome === 'open' && { outcome: 'aborted' }) });
    gone.abort();
  });
  return { call, response, gone: gone.signal, settle: (change) => ledger.update(call, change) };
}

/** The probe of clients, which costs nothing and is not in the ledger. */
function listModels(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' || request.url !== '/v1/models') {
    response.writeHead(404).end();
    return;
  }
  const models = [{ id: 'scripted', object: 'model', created: 0, owned_by: 'test' }];
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data: models }));
}

class Gate {
  #closed = false;
  readonly #waiting = new Set<() => void>();

  /** Waits until the gate opens. A client that is gone stops waiting, so that `open(1)` counts only present ones. */
  async pass(gone: AbortSignal): Promise<void> {
    if (!this.#closed) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      gone.addEventListener('abort', () => {
        this.#waiting.delete(resolve);
        resolve();
      });
    });
  }

  close(): void {
    this.#closed = true;
  }

  open(count?: number): void {
    if (count === undefined) this.#closed = false;
    for (const go of [...this.#waiting].slice(0, count)) {
      this.#waiting.delete(go);
      go();
    }
  }
}
