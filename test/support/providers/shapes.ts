import type { Answer, Exchange, RequestBody } from './scenario.ts';
import { isFlagged, schemaOf, textFor } from './texts.ts';

export type Usage = Record<string, unknown>;
export const USAGE = { prompt_tokens: 900, completion_tokens: 300, total_tokens: 1200 };

type Headers = Record<string, string>;

/** A body of JSON with any status. */
export const json =
  (status: number, body: unknown, headers: Headers = {}): Answer =>
  ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** Any other body. */
export const raw =
  (status: number, type: string, body: string | Uint8Array, headers: Headers = {}): Answer =>
  ({ response }) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  };

/** A refusal in OpenAI's form. */
export const refuse = (status: number, message: string, more: Record<string, unknown> = {}, headers: Headers = {}) =>
  json(status, { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } }, headers);

export const head = ({ body }: Exchange) => ({ id: 'chatcmpl-1', created: 1, model: body.model });

export const sse = ({ response }: Exchange, type = 'text/event-stream'): void =>
  void response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });

export const event = ({ response }: Exchange, data: unknown, { newline = '\n', space = ' ' } = {}): void =>
  void response.write(`data:${space}${JSON.stringify(data)}${newline}${newline}`);

/** A piece of a streamed completion. */
export const chunk = (exchange: Exchange, delta: object, finish: string | null = null, more: object = {}) => ({
  ...head(exchange),
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

type Content = string | readonly unknown[] | object | null | undefined;

export type CompletionOptions = {
  /** @defaultValue the reply of a model that honours the schema */
  content?: Content | ((exchange: Exchange) => Content);
  finish?: string | null;
  /** Additional fields of the message. */
  message?: object;
  usage?: Usage | null;
  /** Events, or lines as they are, before the first piece of a stream. */
  before?: readonly (string | object)[];
  /** Pieces before the text of a stream. */
  deltas?: readonly object[];
  /** Additional fields beside `choices`. */
  top?: object;
  contentType?: string;
};

const PIECE_CHARACTERS = 60;

const contentOf = (exchange: Exchange, options: CompletionOptions): Content => {
  if (!('content' in options)) return textFor(exchange.body);
  return typeof options.content === 'function' ? options.content(exchange) : options.content;
};

/** The body of a completion in one piece. */
export function completion(exchange: Exchange, options: CompletionOptions = {}): object {
  const { finish = 'stop', usage = USAGE, message = {}, top = {} } = options;
  const choice = {
    index: 0,
    message: { role: 'assistant', content: contentOf(exchange, options), ...message },
    finish_reason: finish,
  };
  return { ...head(exchange), object: 'chat.completion', choices: [choice], ...(usage && { usage }), ...top };
}

/** A completion in one piece, whatever was asked for. */
export const whole =
  (options: CompletionOptions = {}): Answer =>
  (exchange) =>
    raw(200, options.contentType ?? 'application/json', JSON.stringify(completion(exchange, options)))(exchange);

/** A completion in pieces, whatever was asked for. */
export const streamed =
  (options: CompletionOptions = {}): Answer =>
  (exchange) => {
    const { finish = 'stop', usage = USAGE, before = [], deltas = [] } = options;
    sse(exchange, options.contentType);
    for (const one of before) {
      if (typeof one === 'string') exchange.response.write(one);
      else event(exchange, one);
    }
    event(exchange, chunk(exchange, { role: 'assistant', content: '' }));
    for (const delta of [...deltas, ...piecesOf(contentOf(exchange, options))]) event(exchange, chunk(exchange, delta));
    event(exchange, chunk(exchange, {}, finish));
    if (exchange.body.stream_options?.include_usage && usage !== null)
      event(exchange, { ...head(exchange), object: 'chat.completion.chunk', choices: [], usage });
    exchange.response.end('data: [DONE]\n\n');
  };

function piecesOf(content: Content): { content: Content }[] {
  if (content === null || content === undefined) return [];
  if (Array.isArray(content)) return content.map((part: unknown) => ({ content: [part] }));
  if (typeof content !== 'string') return [{ content }];
  const count = Math.ceil(content.length / PIECE_CHARACTERS);
  return Array.from({ length: count }, (_, index) => ({
    content: content.slice(index * PIECE_CHARACTERS, (index + 1) * PIECE_CHARACTERS),
  }));
}

export const byKind =
  (ofStream: Answer, ofPlain: Answer): Answer =>
  (exchange) =>
    (exchange.body.stream ? ofStream : ofPlain)(exchange);

/** A completion as it was asked for: in one piece, or in pieces. */
export const answer = (options: CompletionOptions = {}): Answer => byKind(streamed(options), whole(options));

/** `first` for the first calls, `then` afterwards. */
export const firstThen =
  (first: Answer, then: Answer, count = 1): Answer =>
  (exchange) =>
    (exchange.number <= count ? first : then)(exchange);

/** `refusal` for requests with this property, a completion for all others. */
export const unless =
  (isRefused: (body: RequestBody) => boolean, refusal: Answer, otherwise: Answer = answer()): Answer =>
  (exchange) =>
    (isRefused(exchange.body) ? refusal : otherwise)(exchange);

/** Refuses the answers of people who wrote the text of FLAG. */
export const flagged = (refusal: Answer): Answer => unless(isFlagged, refusal);

export const schemaHas = (body: RequestBody, ...keys: readonly string[]): boolean =>
  keys.some((key) => JSON.stringify(schemaOf(body) ?? {}).includes(`"${key}":`));

/** The limit of the reply's length for a server that knows these names. */
export const limitOf = (
  body: RequestBody,
  names: readonly ('max_completion_tokens' | 'max_tokens')[] = ['max_completion_tokens', 'max_tokens'],
): number | undefined => names.map((name) => body[name]).find((value) => value !== undefined);

/** Tokens of the prompt, for servers that compare prompt and limit with their context. */
export const PROMPT_TOKENS = 900;

/** The JSON mode of OpenAI and DeepSeek: it wants the word JSON in the prompt. Other formats get the refusal. */
export const jsonModeOnly =
  (refusal: Answer): Answer =>
  (exchange) => {
    const { response_format: format, messages } = exchange.body;
    if (format?.type === 'json_schema') return refusal(exchange);
    if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(messages)))
      return refuse(
        400,
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      )(exchange);
    return answer()(exchange);
  };

/** Tokens of a reply of a model that thinks. */
export const spent = (tokens: number, reasoning: number): Usage => ({
  prompt_tokens: PROMPT_TOKENS,
  completion_tokens: tokens,
  total_tokens: PROMPT_TOKENS + tokens,
  completion_tokens_details: { reasoning_tokens: reasoning },
});
