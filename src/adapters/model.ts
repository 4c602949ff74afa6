import OpenAI from 'openai';
import { ModelRefusal, ProviderFailure, ProviderRefusal } from '../entities/provider-failure.ts';
import { looseOf, toReply, type ModelReply } from './model/completion.ts';
import {
  afterRefusal,
  afterRefusedStream,
  fieldsOf,
  firstDialect,
  longer,
  type Dialect,
  type Pinned,
} from './model/dialect.ts';
import { classifyModelError, isUnfit, noCompletion, type Called } from './model/errors.ts';
import { restMs } from './model/rest.ts';
import { completionOf, isOnePiece } from './model/streamed.ts';
import { isTooLarge, openTransport } from './model/transport.ts';

export type { ModelReply } from './model/completion.ts';
export { readDialect, type Dialect, type Pinned } from './model/dialect.ts';

export type ModelMessage = { role: 'system' | 'user' | 'assistant'; content: string };

export type ModelRequest = {
  messages: ModelMessage[];
  /** JSON Schema that the reply must fit. */
  schema: Record<string, unknown>;
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
};

/** What the look has learned. */
export type Learned = {
  dialect: Dialect;
  /** To the plain request. */
  reply: ModelReply;
};

/** Told each call, and each reply. */
export type ToldCalls = { onCall: () => void; onReply: (reply: ModelReply) => void };

export type Model = {
  /** What is asked, and where. */
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
  apiKey: string;
  /** @defaultValue OpenAI's */
  baseUrl?: string | undefined;
  /** OpenAI's ids, for a key that belongs to several organizations or projects. */
  organization?: string | undefined;
  project?: string | undefined;
  /** Additional headers of each request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Additional fields of each request's body. */
  fields?: Readonly<Record<string, unknown>> | undefined;
  model: string;
  timeoutMs: number;
  /** Most tokens of a reply, thought included. */
  tokensMax: number;
  pinned?: Pinned | undefined;
};

/** Dialects that are tried in one look. */
const DIALECTS_MAX = 9;

/** A client of any server with OpenAI's chat completions. It never retries a call that may be charged: the row counts the attempts. */
export function openModel(options: ModelOptions): Model {
  const { apiKey, baseUrl, organization, project, headers, fields, model, timeoutMs, tokensMax, pinned = {} } = options;
  const client = new OpenAI({
    apiKey,
    // Null: the SDK reads undefined options from the environment.
    baseURL: baseUrl ?? null,
    organization: organization ?? null,
    project: project ?? null,
    adminAPIKey: null,
    webhookSecret: null,
    defaultHeaders: { ...headers, 'accept-encoding': 'identity' },
    maxRetries: 0,
    logLevel: 'off', // otherwise the SDK prints the errors that it throws
    fetch: (url, init) => transport.fetch(url, init),
  });
  const streaming = client.withOptions({ fetch: (url, init) => transport.fetchStreamed(url, init) });
  const { origin, host } = new URL(client.baseURL);
  const transport = openTransport(origin, timeoutMs);

  const call = async (request: Omit<ModelRequest, 'length'>, dialect: Dialect, limit: number): Promise<ModelReply> => {
    const { messages, schema, idempotencyKey, signal, onText } = request;
    const body: Body = { ...fields, model, messages, ...fieldsOf(dialect, limit, schema) };
    const streamed = onText !== undefined && dialect.streams;
    const called: Called = { model, host, data: messages.at(-1)?.content ?? '', sent: false, streamed };
    const sending: Call = {
      headers: { 'idempotency-key': idempotencyKey },
      timeout: timeoutMs,
      signal,
      fetchOptions: { dispatcher: transport.dispatcher(() => (called.sent = true)) },
    };
    try {
      const { completion, headers } =
        onText !== undefined && streamed
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

  const opened: Model = {
    model,
    host,
    dialect: firstDialect(pinned),
    async ask({ length, ...request }) {
      const { dialect } = opened;
      const usual = dialect.tokensMax;
      const most = length === 'usual' ? usual : Math.min(2 * usual, Math.max(usual, tokensMax));
      try {
        return await call(request, dialect, most);
      } catch (error) {
        // Some servers take a long limit for streams alone.
        if (most === usual || !(error instanceof ProviderRefusal && error.isFree)) throw error;
        return await call({ ...request, idempotencyKey: `${request.idempotencyKey}:usual` }, dialect, usual);
      }
    },
    async learn(request, told) {
      let ceiling = tokensMax;
      const asked = async (one: Omit<ModelRequest, 'length'>, dialect: Dialect): Promise<ModelReply> => {
        told.onCall();
        const reply = await call(one, dialect, dialect.tokensMax);
        told.onReply(reply);
        return reply;
      };
      const { dialect: plain, reply } = await climb(opened.dialect, {
        ask: (dialect) => asked(request, dialect),
        // A reply without text was all thought, which the limit has cut off.
        afterReply: (dialect, { cutOff, text }) => (cutOff && text === '' ? longer(dialect, ceiling) : undefined),
        afterError(dialect, error) {
          if (!(error instanceof ProviderRefusal) || !error.isFree || error.reason === 'quota') throw error;
          const next = afterRefusal(dialect, pinned, error.names);
          if (next === undefined) throw error;
          if (next.tokensMax < dialect.tokensMax) ceiling = next.tokensMax;
          return next;
        },
      });
      const streamed = { ...request, idempotencyKey: `${request.idempotencyKey}:streamed`, onText: () => {} };
      const { dialect } = await climb(
        { ...plain, streams: pinned.streams ?? true },
        {
          ask: (one) => (one.streams ? asked(streamed, one) : Promise.resolve(reply)),
          afterReply: () => undefined,
          afterError(one, error) {
            if (error instanceof ProviderRefusal) return afterRefusedStream(one) ?? one;
            if (error instanceof ProviderFailure || error instanceof ModelRefusal) return { ...one, streams: false };
            throw error;
          },
        },
      );
      opened.dialect = dialect;
      return { dialect, reply };
    },
    close: () => transport.close(),
  };
  return opened;
}

type Rungs = {
  ask: (dialect: Dialect) => Promise<ModelReply>;
  /** The dialect to go on with; undefined if the reply will do. */
  afterReply: (dialect: Dialect, reply: ModelReply) => Dialect | undefined;
  /** The dialect to go on with, or throws. */
  afterError: (dialect: Dialect, error: unknown) => Dialect;
};

/** Asks in one dialect after another until a reply will do. */
async function climb(first: Dialect, { ask, afterReply, afterError }: Rungs) {
  let dialect = first;
  for (let tried = 1; ; tried++) {
    const isLast = tried === DIALECTS_MAX;
    let next: Dialect | undefined;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one dialect after another
      const reply = await ask(dialect);
      next = isLast ? undefined : afterReply(dialect, reply);
      if (next === undefined) return { dialect, reply };
    } catch (error) {
      if (isLast) throw error;
      next = afterError(dialect, error);
    }
    dialect = next;
  }
}

type Answer = { completion: unknown; headers: Headers };
type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Call = OpenAI.RequestOptions & { signal: AbortSignal; timeout: number };

/** Not parsed by the SDK, which goes by the content type: some servers send JSON with another one, or no JSON with that one. */
async function askInOnePiece(client: OpenAI, body: Body, call: Call, called: Called): Promise<Answer> {
  const response = await client.chat.completions.create(body, call).asResponse();
  return completionIn(parsed(await response.text()), response, called);
}

/** @throws ProviderRefusal, or another error of the provider, if the body is no completion */
function completionIn(body: unknown, { headers }: Response, called: Called): Answer {
  const { choice } = looseOf(body);
  if (typeof choice !== 'object' || choice === null || ('error' in choice && choice.error != null))
    throw noCompletion(choice ?? body, headers, called);
  return { completion: body, headers };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

type Streamed = { dialect: Dialect; onText: (piece: string) => void; called: Called };

async function askStreamed(
  client: OpenAI,
  body: Body,
  call: Call,
  { dialect, onText, called }: Streamed,
): Promise<Answer> {
  // The SDK's own time-out covers a stream only up to its headers.
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeout)]);
  const usage = dialect.streamUsage ? { stream_options: { include_usage: true } } : {};
  const asked = client.chat.completions.create({ ...body, ...usage, stream: true }, { ...call, signal });
  const { data: pieces, response } = await asked.withResponse();
  if (isOnePiece(response)) return completionIn(parsed(await response.text()), response, called);
  const completion = await completionOf(pieces, signal, onText);
  return completionIn(completion, response, called);
}
