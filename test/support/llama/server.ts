import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { json } from 'node:stream/consumers';
import type { RequestBody } from '../providers/scenario.ts';
import { ENGINE, READY } from './engine.ts';
import { CONTEXT, writeTinyModel } from './tiny-model.ts';

// A program: llama.cpp with the tiny model behind chat completions. `node server.ts <folder of the engine> <port>`
const [, , folder = '', port = ''] = process.argv;

/** `content` is what llama.cpp's parser of the chat template leaves of the raw text, as in its own server. */
type Completion = {
  content: string;
  tokens_predicted: number;
  tokens_evaluated: number;
  stopped_limit?: unknown;
  stopped_limited?: unknown;
};
type Engine = {
  completion: (options: object, onToken?: (piece: { content?: string }) => void) => Promise<Completion>;
};
type Module = { loadModel: (options: object) => Promise<Engine> };

/** One entry of the list at GET /calls. */
export type LlamaCall = { stream: boolean; finish: string; text: string; format: string | undefined };

const calls: LlamaCall[] = [];
const engine = await load();
/** One call at a time: the engine has one context. */
let last: Promise<void> = Promise.resolve();

async function load(): Promise<Engine> {
  const { resolve } = createRequire(join(folder, 'package.json'));
  const loaded = (await import(pathToFileURL(resolve(ENGINE)).href)) as Module & { default?: Module };
  const model = join(process.cwd(), 'tiny.gguf');
  writeTinyModel(model);
  // Threads of the engine wait for each other by spinning, which takes minutes on a busy machine.
  const options = { model, n_ctx: CONTEXT, n_threads: 1, n_gpu_layers: 0, n_batch: 512 };
  return await (loaded.default ?? loaded).loadModel(options);
}

async function answer(body: RequestBody, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const head = { id: `chatcmpl-${calls.length}`, created: 1, model: 'tiny-bigram' };
  const send = (delta: object, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices })}\n\n`);
  };
  const stream = body.stream === true;
  if (stream) response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const done = await engine.completion(optionsOf(body), ({ content = '' }) => {
    if (stream && content.length > sent) send({ content: content.slice(sent) });
    sent = Math.max(sent, content.length);
  });
  const finish = done.stopped_limit || done.stopped_limited ? 'length' : 'stop';
  const usage = { prompt_tokens: done.tokens_evaluated, completion_tokens: done.tokens_predicted, total_tokens: 0 };
  calls.push({ stream, finish, text: done.content, format: body.response_format?.type });
  if (!stream) {
    const message = { role: 'assistant', content: done.content };
    return sendJson(response, 200, { ...head, choices: [{ index: 0, message, finish_reason: finish }], usage });
  }
  send({}, finish);
  if (body.stream_options?.include_usage)
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

/** As llama.cpp's own server maps the fields of a request. */
const optionsOf = ({ messages, response_format, max_tokens, max_completion_tokens, temperature = 1 }: RequestBody) => ({
  messages,
  response_format,
  n_predict: max_completion_tokens ?? max_tokens ?? -1,
  temperature,
  seed: calls.length + 1,
  jinja: true,
});

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') return sendJson(response, 200, calls);
  const body = (await json(request)) as RequestBody;
  last = last
    .then(() => answer(body, response))
    .catch((error: unknown) => {
      const failure = { error: { message: String(error), type: 'server_error', code: 500 } };
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, failure);
    });
  await last;
}

createServer((request, response) => {
  serve(request, response).catch(() => response.destroy());
}).listen(Number(port), '127.0.0.1', () => console.error(READY));
