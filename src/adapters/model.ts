import OpenAI from 'openai';
import { ProviderPause, ProviderRefusal } from '../entities/provider-failure.ts';
import { isTraceparent } from '../trace.ts';
import { toReply, type ModelReply } from './model/completion.ts';
import { fieldsOf, firstDialect, type Dialect, type Pinned, type Schemas } from './model/dialect.ts';
import { classifyModelError, isUnfit, type Called } from './model/errors.ts';
import { isOfForm, learn, type Learned } from './model/learn.ts';
import { restMs } from './model/retry-after.ts';
import { askInOnePiece, askStreamed, type Body, type Sending } from './model/sending.ts';
import { isTooLarge, openTransport, type Proxy } from './model/transport.ts';

export type { ModelReply } from './model/completion.ts';
export { readDialect, type Dialect, type Pinned } from './model/dialect.ts';
export { DIALECTS_MAX, type Learned } from './model/learn.ts';

export type ModelMessage = { role: 'system' | 'user' | 'assistant'; content: string };

export type ModelRequest = Schemas & {
  messages: ModelMessage[];
  /** A provider that honours it charges once for repeated requests. */
  idempotencyKey: string;
  /** `double`: after a reply that the usual limit has cut off. */
  length: 'usual' | 'double';
  /** Aborts the call: claim lost, which includes a cancellation, or shutdown. */
  signal: AbortSignal;
  /**
   * If given, a streamed reply is requested, and it is called with each piece of the text as it comes. It is not called
   * if the provider replies in one piece nevertheless. It must not throw.
   */
  onText?: (piece: string) => void;
  /** W3C's header of the trace that the call belongs to. */
  traceparent?: string | undefined;
};

/** Told each call before it is made, each that was not refused free of charge, and each reply. */
export type ToldCalls = { onCall?: () => void; onCharged?: () => void; onReply: (reply: ModelReply) => void };

export type Model = {
  /** The model that is asked, and its host. */
  readonly model: string;
  readonly host: string;
  /** The dialect of calls. */
  dialect: Dialect;
  /** @throws ProviderPause, ProviderFailure, ProviderRefusal, Permanent */
  ask: (request: ModelRequest) => Promise<ModelReply>;
  /**
   * Asks plain, and then streamed, in one dialect after another until the provider takes one. The calls keep their dialect.
   * @throws as `ask`, for the plain request alone: replies are not streamed where streams fail
   */
  learn: (request: Omit<ModelRequest, 'length' | 'onText'>, told: ToldCalls) => Promise<Learned>;
  close: () => Promise<void>;
};

export type ModelOptions = {
  /** Servers of one's own need none. */
  apiKey?: string | undefined;
  /** @defaultValue OpenAI's */
  baseUrl?: string | undefined;
  /** OpenAI's ids, for a key that belongs to several organizations or projects. */
  organization?: string | undefined;
  project?: string | undefined;
  /** Additional headers of each request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Additional fields of each request's body. */
  fields?: Readonly<Record<string, unknown>> | undefined;
  /** For an https address, unless its host is an exception. */
  proxy?: Proxy | undefined;
  /** The provider gets the `traceparent` of requests. */
  sendsTraceparent?: boolean;
  model: string;
  timeoutMs: number;
  /** Most tokens of a reply, thought included. */
  tokensMax: number;
  pinned?: Pinned | undefined;
};

/** Shorter values in the query of an address are versions and names. */
const SECRET_MIN = 8;

/** A client of any server with OpenAI's chat completions. It never retries a call that may be charged: the row counts the attempts. */
export function openModel({ model, timeoutMs, tokensMax, fields, pinned = {}, ...options }: ModelOptions): Model {
  const client = clientOf(options, (url, init) => transport.fetch(url, init));
  const streaming = client.withOptions({ fetch: (url, init) => transport.fetchStreamed(url, init) });
  const { origin, host } = new URL(client.baseURL);
  const transport = openTransport(origin, timeoutMs, options.proxy);

  const inQuery = [...new URL(client.baseURL).searchParams.values()].filter(({ length }) => length >= SECRET_MIN);
  const secrets = [options.apiKey, ...Object.values(options.headers ?? {}), ...inQuery].filter(
    (secret) => secret !== undefined,
  );

  const call = async (request: Asked, dialect: Dialect, limit: number): Promise<ModelReply> => {
    const { messages, idempotencyKey, signal, onText, traceparent = '', isMadeUp = false } = request;
    const body: Body = { ...fields, model, messages, ...fieldsOf(dialect, limit, request) };
    const data = messages.flatMap(({ role, content }) => (role === 'system' ? [] : [content]));
    const streamed = onText !== undefined && dialect.streams;
    const called: Called = { model, host, data, sent: false, streamed, ...(isMadeUp ? { secrets } : {}) };
    const sending: Sending = {
      headers: {
        'idempotency-key': idempotencyKey,
        ...(options.sendsTraceparent === true && isTraceparent(traceparent) ? { traceparent } : {}),
      },
      timeout: timeoutMs,
      signal,
      fetchOptions: { dispatcher: transport.dispatcher(() => (called.sent = true)) },
    };
    try {
      const { completion, headers } =
        onText !== undefined && dialect.streams
          ? await askStreamed(streaming, body, sending, { dialect, onText, called })
          : await askInOnePiece(client, body, sending, called);
      const waitMs = restMs(headers, Date.now());
      return { ...toReply(completion, model), ...(waitMs === undefined ? {} : { restMs: waitMs }) };
    } catch (error) {
      // Most likely charged, so it is a reply, and is repaired once.
      if (isTooLarge(error) || isUnfit(error)) return toReply({ choices: [{}] }, model);
      throw classifyModelError(error, called);
    }
  };

  /** Where a rate limit has ended the last look. */
  let reached: Dialect | undefined;
  const opened: Model = {
    model,
    host,
    dialect: firstDialect(pinned, tokensMax),
    async ask({ length, ...request }) {
      const { dialect } = opened;
      const usual = dialect.tokensMax;
      const most = length === 'usual' ? usual : Math.min(2 * usual, Math.max(usual, tokensMax));
      try {
        return await call(request, dialect, most);
      } catch (error) {
        // Some servers take a long limit for streams alone, and some never within their tokens a minute.
        if (most === usual || !(isOfForm(error) || error instanceof ProviderPause)) throw error;
        return await call({ ...request, idempotencyKey: `${request.idempotencyKey}:usual` }, dialect, usual);
      }
    },
    async learn(request, { onCall, onCharged, onReply }) {
      const plain = { ...request, isMadeUp: true };
      const streamed = { ...plain, idempotencyKey: `${request.idempotencyKey}:streamed`, onText: () => {} };
      // From the beginning: what was learned may have been learned in passing trouble.
      const first = firstDialect(pinned, tokensMax);
      const begin = reached ?? { ...first, tokensMax: Math.max(first.tokensMax, opened.dialect.tokensMax) };
      reached = undefined;
      const learned = await learn(begin, {
        async ask(dialect, isStreamed) {
          onCall?.();
          const asked = call(isStreamed ? streamed : plain, dialect, dialect.tokensMax);
          const reply = await asked.catch((error: unknown) => {
            if (!isFree(error)) onCharged?.();
            throw error;
          });
          onCharged?.();
          onReply(reply);
          return reply;
        },
        pinned,
        tokensMax,
        keep: (dialect) => void (reached = dialect),
        signal: request.signal,
      });
      opened.dialect = learned.dialect;
      return learned;
    },
    close: () => transport.close(),
  };
  return opened;
}

const isFree = (error: unknown): boolean =>
  error instanceof ProviderPause || (error instanceof ProviderRefusal && error.isFree);

/** `isMadeUp`: of a look. */
type Asked = Omit<ModelRequest, 'length'> & { isMadeUp?: boolean };

type ClientOptions = Pick<ModelOptions, 'apiKey' | 'baseUrl' | 'organization' | 'project' | 'headers'>;
type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

const clientOf = ({ apiKey, baseUrl, organization, project, headers }: ClientOptions, fetch: Fetch): OpenAI =>
  new OpenAI({
    // The SDK demands a key. A header that is null is not sent.
    apiKey: apiKey ?? 'none',
    // Null: the SDK reads undefined options from the environment.
    baseURL: baseUrl ?? null,
    organization: organization ?? null,
    project: project ?? null,
    adminAPIKey: null,
    webhookSecret: null,
    defaultHeaders: {
      ...(apiKey === undefined ? { authorization: null } : {}),
      ...headers,
      'accept-encoding': 'identity',
    },
    maxRetries: 0,
    logLevel: 'off', // otherwise the SDK prints the errors that it throws
    fetch,
  });
