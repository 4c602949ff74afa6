import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { advise, type AnsweredQuestion } from '../../entities/advice.ts';
import { answerLabel } from '../../entities/answer-label.ts';
import type { Answers, QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { score } from '../../entities/scoring.ts';

export type DemoModelOptions = {
  /** The content of a questionnaire version in a language (null: its own) by its id; undefined where there is none. */
  questionnaire: (
    id: string,
    language: string | null,
  ) => QuestionnaireContent | undefined | Promise<QuestionnaireContent | undefined>;
  /** Duration of a reply in one piece, for a visible wait; a streamed reply takes four times as long. @defaultValue 1200 */
  delayMs?: number;
  /** Waits; rejects when the signal aborts, because the client is gone. @defaultValue a timer */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};
export type DemoModel = { url: string; close(): Promise<void> };

export const DEMO_MODEL = 'assay-demo';

/**
 * A model that needs no API key: a server on this machine that speaks `POST /v1/chat/completions` like OpenAI's, streamed or
 * not, and replies by rule. The rest of the program treats it like any provider. `url` ends in `/v1`.
 */
export async function startDemoModel(options: DemoModelOptions): Promise<DemoModel> {
  const { questionnaire, delayMs = 1_200, wait = (ms, signal) => sleep(ms, undefined, { signal }) } = options;
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    reply(request, response, { questionnaire, delayMs, wait, signal: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) refuse(response, error);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections(); // otherwise an unfinished reply or an idle connection would delay it
      await closed;
    },
  };
}

type Work = Required<DemoModelOptions> & { signal: AbortSignal };

async function reply(request: IncomingMessage, response: ServerResponse, work: Work): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/v1/chat/completions') throw new Refusal(404, `Unknown request URL: ${path}.`, 'unknown_url');
  if (request.method !== 'POST') throw new Refusal(405, 'Only POST is possible here.', 'method_not_supported');
  const asked = parse(requestShape, await bodyOf(request), 'the body');
  const text = await textFor(asked, work);
  const prompt = asked.messages.map(({ content }) => plain(content)).join('\n');
  const completion = {
    id: `chatcmpl-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: DEMO_MODEL,
    text,
    usage: usageOf(prompt, text),
  };
  await (asked.stream ? stream(response, completion, asked, work) : complete(response, completion, work));
}

async function textFor({ messages }: AskedFor, { questionnaire }: Work): Promise<string> {
  const blocks = messages.filter(({ role }) => role === 'user').map(({ content }) => BLOCK.exec(plain(content))?.[1]);
  const block = blocks.findLast((found) => found !== undefined); // a repair request follows it and has no block
  if (block === undefined) throw new Refusal(400, 'No user message has a block <answers>.', 'invalid_value');
  const data = parse(dataShape, block, 'the block <answers>');
  const content = await questionnaire(data.questionnaire, data.language);
  if (!content) throw new Refusal(400, 'The questionnaire in the block <answers> is not known.', 'invalid_value');
  return JSON.stringify(advise(content, score(content, data.answers), answeredIn(content, data.answers)));
}

const BLOCK = /<answers>\n([^<]*)\n<\/answers>/;

type Completion = { id: string; created: number; model: string; text: string; usage: object };

async function complete(response: ServerResponse, { text, usage, ...head }: Completion, work: Work): Promise<void> {
  await work.wait(work.delayMs, work.signal);
  const message = { role: 'assistant', content: text, refusal: null, annotations: [] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  send(response, 200, { ...head, object: 'chat.completion', choices, usage });
}

// About the pieces and the pace of a real model: a faster stream would hide that the parts appear one by one.
const charactersPerChunk = 40;
const streamedDelayFactor = 4;

async function stream(response: ServerResponse, completion: Completion, asked: AskedFor, work: Work): Promise<void> {
  const { text, usage, ...head } = completion;
  const withUsage = asked.stream_options?.include_usage === true;
  const event = (choices: object[], more?: object) => {
    const chunk = { ...head, object: 'chat.completion.chunk', choices, ...(withUsage ? { usage: null } : {}), ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const delta = (part: object, finishReason: string | null = null) =>
    event([{ index: 0, delta: part, logprobs: null, finish_reason: finishReason }]);

  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  delta({ role: 'assistant', content: '', refusal: null });
  const pauseMs = (work.delayMs * streamedDelayFactor * charactersPerChunk) / text.length;
  for (let at = 0; at < text.length; at += charactersPerChunk) {
    await work.wait(pauseMs, work.signal);
    delta({ content: text.slice(at, at + charactersPerChunk) });
  }
  delta({}, 'stop');
  if (withUsage) event([], { usage });
  response.end('data: [DONE]\n\n');
}

/** An error of the caller, in the words and codes of OpenAI's errors. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { status, message, code } =
    error instanceof Refusal ? error : { status: 500, message: 'The demo model failed.', code: 'server_error' };
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  send(response, status, { error: { message, type, param: null, code } });
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

// Answers have at most 256 KB; questions and labels come on top.
const bodyBytesMax = 1_000_000;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Reads on without keeping the rest: a client that is still sending would miss the refusal.
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  }
  if (bytes > bodyBytesMax)
    throw new Refusal(413, `The body has more than ${bodyBytesMax} bytes.`, 'request_too_large');
  return Buffer.concat(chunks).toString();
}

function parse<T>(shape: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Refusal(400, `We could not parse ${what} as JSON.`, 'invalid_json', { cause });
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal(400, `In ${what}, ${issue?.path.join('.') || 'all of it'}: ${issue?.message}.`, 'invalid_value');
}

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const requestShape = z.object({
  model: z.string(),
  messages: z
    .array(z.object({ role: z.string(), content: z.union([z.string(), z.array(textPart)]) }))
    .min(1)
    .max(100),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
});
type AskedFor = z.infer<typeof requestShape>;

/** The JSON that the prompt has between `<answers>` and `</answers>`; see consumers/prompt.ts. */
const dataShape = z.object({
  questionnaire: z.string(),
  language: z.string().nullable().default(null),
  answers: z.record(z.string(), z.unknown()),
});

const answeredIn = ({ schema, language }: QuestionnaireContent, answers: Answers): AnsweredQuestion[] =>
  Object.entries(answers).flatMap(([id, answer]) => {
    const question = schema.properties[id];
    return question ? [{ id, question: question.title, answer, label: answerLabel(question, answer, language) }] : [];
  });

const plain = (content: AskedFor['messages'][number]['content']): string =>
  typeof content === 'string' ? content : content.map((part) => part.text).join('');

function usageOf(prompt: string, completion: string): object {
  const [promptTokens, completionTokens] = [tokensOf(prompt), tokensOf(completion)];
  const total = promptTokens + completionTokens;
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: total };
}

const tokensOf = (text: string): number => Math.ceil(text.length / 4);
