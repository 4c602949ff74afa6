import type { Scenarios } from '../scenario.ts';
import { answer, byKind, chunk, event, sse, streamed, USAGE, whole } from '../shapes.ts';
import { textFor } from '../texts.ts';

/** Streams in other forms than OpenAI's. */
export const streams: Scenarios = {
  'finish-null': {
    provider: 'proxies of Gemini, servers of one’s own',
    does: 'all of the JSON and [DONE], but no finish_reason',
    source: 'alfredapp/openai-workflow#52, earendil-works/pi#4558',
    right: ['completes'],
    withinMs: 40_000,
    answer: answer({ finish: null }),
  },
  'finish-eos': {
    provider: 'TGI and others',
    does: 'finish_reason eos_token',
    source: 'https://github.com/huggingface/text-generation-inference/blob/main/router/src/lib.rs',
    right: ['completes'],
    answer: answer({ finish: 'eos_token' }),
  },
  'finish-unknown': {
    provider: 'KoboldCpp and others',
    does: 'a finish_reason that no documentation has',
    source: 'PowerShell/AIShell#350',
    right: ['completes'],
    answer: answer({ finish: 'unknown' }),
  },
  'crlf-no-done': {
    provider: 'several',
    does: 'CRLF, no space after data:, no [DONE], usage in the last piece',
    source: 'https://html.spec.whatwg.org/multipage/server-sent-events.html',
    right: ['completes'],
    answer: byKind((exchange) => {
      const form = { newline: '\r\n', space: '' };
      sse(exchange);
      event(exchange, chunk(exchange, { role: 'assistant', content: null }), form);
      event(exchange, chunk(exchange, { content: textFor(exchange.body) }), form);
      event(exchange, chunk(exchange, {}, 'stop', { usage: USAGE }), form);
      exchange.response.end();
    }, answer()),
  },
  'stream-in-one-piece': {
    provider: 'servers without streams',
    does: 'one JSON where a stream was asked for',
    source: 'common',
    right: ['completes'],
    answer: whole(),
  },
  'stream-stays-open': {
    provider: 'some gateways',
    does: 'the stream stays open after finish_reason',
    source: 'common',
    right: ['completes'],
    answer: byKind((exchange) => {
      sse(exchange);
      event(exchange, chunk(exchange, { role: 'assistant', content: textFor(exchange.body) }));
      event(exchange, chunk(exchange, {}, 'stop'));
    }, answer()),
  },
  'stream-of-bytes': {
    provider: 'proxies that do not know the type',
    does: 'a stream with the content type application/octet-stream',
    source: 'nearai/private-ml-sdk#20',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind(streamed({ contentType: 'application/octet-stream' }), answer()),
  },
  'stream-begins-with-error': {
    provider: 'vLLM, OpenRouter',
    does: 'plain calls work; the first event of a stream is an error',
    source: 'vllm-project/vllm#52640',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind((exchange) => {
      sse(exchange);
      event(exchange, { error: { message: 'internal error', type: 'InternalServerError', param: null, code: 500 } });
      exchange.response.end('data: [DONE]\n\n');
    }, answer()),
  },
  'stream-is-refused': {
    provider: 'servers without streams',
    does: '501 where streamed; plain calls work',
    source: 'common',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind(
      ({ response }) =>
        void response
          .writeHead(501, { 'content-type': 'application/json' })
          .end(
            JSON.stringify({ error: { message: 'streaming is not supported', type: 'not_implemented', code: 501 } }),
          ),
      answer(),
    ),
  },
};
