import type { Exchange, Scenarios } from '../scenario.ts';
import {
  answer,
  byKind,
  chunk,
  completion,
  event,
  firstThen,
  head,
  json,
  limitOf,
  PROMPT_TOKENS,
  raw,
  refuse,
  spent,
  sse,
  streamed,
  unless,
} from '../shapes.ts';
import { fitting, textFor } from '../texts.ts';

const CONTEXT = 4096;

/** How a server without a parser for thoughts writes them. */
const thinking = ({ body }: Exchange): string =>
  `<think>\nThe person sleeps badly. I should answer with JSON {"summary": ...}.\n</think>\n\n${textFor(body)}`;

export const vllm: Scenarios = {
  'vllm-thoughts': {
    provider: 'vLLM, SGLang without --reasoning-parser',
    does: '<think>…</think> before the JSON, in content',
    source: 'triton-inference-server/perf_analyzer#433',
    right: ['completes'],
    answer: answer({ content: thinking }),
  },
  'vllm-thoughts-unopened': {
    provider: 'vLLM, DeepSeek-R1 templates that open the thought themselves',
    does: 'thoughts with the closing tag alone, before the JSON, in content',
    source: 'vllm-project/vllm#12999',
    right: ['completes'],
    answer: answer({ content: (exchange) => thinking(exchange).replace('<think>\n', '') }),
  },
  'vllm-reasoning-field': {
    provider: 'vLLM, DeepSeek',
    does: 'reasoning_content and reasoning beside content',
    source: 'https://docs.vllm.ai/en/latest/features/reasoning_outputs.html',
    right: ['completes'],
    answer: answer({
      message: { reasoning_content: 'Let me think.', reasoning: 'Let me think.' },
      deltas: [{ reasoning_content: 'Let me ' }, { reasoning: 'think.' }],
    }),
  },
  'vllm-context': {
    provider: 'vLLM with a context of 4,096',
    does: '400: the limit that was asked for and the prompt do not fit together; less would',
    source: 'vllm-project/vllm#4667, vllm-project/vllm#20409',
    right: ['completes', 'waits'],
    clue: /\b400\b|max_tokens|max_completion_tokens|context/,
    answer: (exchange) => {
      const limit = limitOf(exchange.body) ?? 256;
      if (limit + PROMPT_TOKENS <= CONTEXT) return answer()(exchange);
      const message = `'max_tokens' or 'max_completion_tokens' is too large: ${limit}. This model's maximum context length is ${CONTEXT} tokens and your request has ${PROMPT_TOKENS} input tokens (${limit} > ${CONTEXT} - ${PROMPT_TOKENS}).`;
      return refuse(400, message, { type: 'BadRequestError', code: 400 })(exchange);
    },
  },
  'vllm-no-model': {
    provider: 'vLLM',
    does: '404 NotFoundError, not within error',
    source: 'https://github.com/vllm-project/vllm/tree/main/vllm/entrypoints/openai',
    right: ['waits'],
    clue: /\b404\b|NotFoundError/,
    answer: json(404, {
      object: 'error',
      message: 'The model `x` does not exist.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    }),
  },
  'vllm-stream-error': {
    provider: 'vLLM',
    does: 'plain calls work; a stream breaks with an error event',
    source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind((exchange) => {
      sse(exchange);
      event(exchange, chunk(exchange, { role: 'assistant', content: '' }));
      event(exchange, chunk(exchange, { content: '{"summ' }));
      const error = {
        object: 'error',
        message: 'EngineDeadError',
        type: 'InternalServerError',
        param: null,
        code: 500,
      };
      event(exchange, { error });
      exchange.response.end('data: [DONE]\n\n');
    }, answer()),
  },
  'vllm-roles': {
    provider: 'vLLM with the template of Mistral or Gemma',
    does: '400 where user and assistant do not alternate, and a reply within the first limit is all thoughts: no text',
    source: 'vllm-project/vllm#6862, suitenumerique/conversations#197',
    right: ['completes'],
    answer: (exchange) => {
      const roles = (exchange.body.messages ?? []).map(({ role }) => role).filter((role) => role !== 'system');
      const message = 'Conversation roles must alternate user/assistant/user/assistant/...';
      if (roles.some((role, index) => role !== (index % 2 === 0 ? 'user' : 'assistant')))
        return refuse(400, message, { type: 'BadRequestError', code: 400 })(exchange);
      if ((limitOf(exchange.body) ?? 0) > 4_000) return answer()(exchange);
      return answer({ content: '', finish: 'length', usage: spent(4000, 4000) })(exchange);
    },
  },
  'vllm-no-system-role': {
    provider: 'vLLM with the template of Gemma 2',
    does: '400: no role "system"',
    source: 'vllm-project/vllm#2964, huggingface/chat-ui#1386',
    right: ['completes', 'waits'],
    clue: /\b400\b|BadRequestError/,
    answer: unless(
      ({ messages = [] }) => messages.some(({ role }) => role === 'system'),
      json(400, {
        object: 'error',
        message: 'System role not supported',
        type: 'BadRequestError',
        param: null,
        code: 400,
      }),
    ),
  },
  'vllm-null-choices': {
    provider: 'vLLM behind RunPod',
    does: '200 with choices: null',
    source: 'langchain-ai/langchain#32252',
    right: ['waits'],
    clue: /\b200\b|choices|no (chat )?completion|not (a|an) (chat )?(completion|answer)/i,
    answer: (exchange) => json(200, { ...head(exchange), object: 'chat.completion', choices: null })(exchange),
  },
};

export const ollama: Scenarios = {
  ollama: {
    provider: 'Ollama',
    does: 'answers well; ignores max_completion_tokens',
    source: 'https://github.com/ollama/ollama/blob/main/openai/openai.go, ollama/ollama#18575',
    right: ['completes'],
    answer: answer({ top: { system_fingerprint: 'fp_ollama' } }),
  },
  'ollama-no-model': {
    provider: 'Ollama',
    does: '404 not_found_error: the model was not pulled',
    source: 'https://github.com/ollama/ollama/blob/main/openai/openai.go',
    right: ['waits'],
    clue: /\b404\b|not_found/,
    answer: (exchange) =>
      refuse(404, `model '${exchange.body.model}' not found`, { type: 'not_found_error' })(exchange),
  },
  'ollama-no-path': {
    provider: 'Ollama, base URL without /v1',
    does: '404 in plain text',
    source: 'https://docs.ollama.com/api/openai-compatibility',
    right: ['waits'],
    clue: /\b404\b/,
    path: '',
    answer: raw(404, 'text/plain', '404 page not found'),
  },
  'ollama-think': {
    provider: 'Ollama, models that think',
    does: 'no content: all of the text is in reasoning',
    source: 'ollama/ollama#15288, nashsu/llm_wiki#348',
    right: ['unusable', 'waits'],
    clue: /length|reason|token|text|JSON|unusable|fit/i,
    answer: answer({
      content: '',
      message: { reasoning: 'The person sleeps badly.' },
      deltas: [{ reasoning: 'The person ' }, { reasoning: 'sleeps badly.' }],
    }),
  },
};

export const llamaCpp: Scenarios = {
  'llamacpp-loading': {
    provider: 'llama.cpp',
    does: '503 "Loading model" for four seconds',
    source: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
    right: ['completes'],
    withinMs: 50_000,
    answer: (exchange) => {
      const loading = refuse(503, 'Loading model', { type: 'unavailable_error', code: 503 });
      (exchange.ageMs < 4_000 ? loading : answer())(exchange);
    },
  },
  'llamacpp-context': {
    provider: 'llama.cpp',
    does: '400 exceed_context_size_error for every prompt',
    source: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
    right: ['rejected', 'waits'],
    clue: /\b400\b|exceed_context_size/,
    answer: json(400, {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 5200,
        n_ctx: CONTEXT,
      },
    }),
  },
  'lmstudio-no-model': {
    provider: 'LM Studio',
    does: '400 whose error is a text: no model is loaded',
    source: 'assafelovic/gpt-researcher#1556',
    right: ['waits'],
    clue: /\b400\b|model/i,
    answer: json(400, {
      error: "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
    }),
  },
  'lmstudio-no-path': {
    provider: 'LM Studio, base URL without /v1',
    does: '200 with {"error": "Unexpected endpoint or method"}',
    source: 'lmstudio-ai/lmstudio-bug-tracker#618, lmstudio-ai/lmstudio-bug-tracker#2085',
    right: ['waits'],
    clue: /\b200\b|endpoint|address|base.?url|no (chat )?completion|not (a|an) (chat )?(completion|answer)|choices/i,
    path: '',
    answer: json(200, { error: 'Unexpected endpoint or method. (POST /chat/completions)' }),
  },
  'koboldcpp-busy': {
    provider: 'KoboldCpp',
    does: '503 with {"detail": …}, twice: one at a time is served',
    source: 'neavo/LinguaGacha#248, LostRuins/koboldcpp#2481',
    right: ['completes'],
    withinMs: 30_000,
    answer: firstThen(
      json(503, { detail: { msg: 'Server is busy; please try again later.', type: 'service_unavailable' } }),
      answer(),
      2,
    ),
  },
  'koboldcpp-error': {
    provider: 'KoboldCpp',
    does: '200 with finish_reason error and no text',
    source: 'LostRuins/koboldcpp#2481',
    right: ['unusable', 'waits'],
    clue: /error|text|unusable|fit|JSON/i,
    answer: answer({ content: '', finish: 'error' }),
  },
  'localai-no-backend': {
    provider: 'LocalAI',
    does: '500: the backend could not load the model',
    source: 'mudler/LocalAI#1664, mudler/LocalAI#2692',
    right: ['waits'],
    clue: /\b500\b|outage/,
    answer: json(500, {
      error: { code: 500, message: 'could not load model: rpc error: code = Unavailable', type: '' },
    }),
  },
};

/** Other servers of one's own. */
export const otherServers: Scenarios = {
  'tgi-422': {
    provider: 'TGI with a context of 4,096',
    does: '422: prompt and limit together are too much; less would fit',
    source: 'https://github.com/huggingface/text-generation-inference/blob/main/router/src/lib.rs',
    right: ['completes', 'waits'],
    clue: /\b422\b|validation/,
    answer: (exchange) => {
      const limit = limitOf(exchange.body, ['max_tokens', 'max_completion_tokens']) ?? 100;
      if (PROMPT_TOKENS + limit <= CONTEXT) return answer()(exchange);
      const error = `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${CONTEXT}. Given: ${PROMPT_TOKENS} \`inputs\` tokens and ${limit} \`max_new_tokens\``;
      return json(422, { error, error_type: 'validation' })(exchange);
    },
  },
  'tgi-200-validation': {
    provider: 'TGI 2.4',
    does: '200 with an error of validation',
    source: 'huggingface/text-generation-inference#2749',
    right: ['waits'],
    clue: /\b200\b|validation|choices|no (chat )?completion|not (a|an) (chat )?(completion|answer)/i,
    answer: json(200, {
      error: 'Input validation error: `inputs` must have less than 4096 tokens.',
      error_type: 'validation',
    }),
  },
  'tgi-100-tokens': {
    provider: 'TGI, older',
    does: 'knows max_tokens only; otherwise its default of 100 cuts the reply off',
    source: 'https://github.com/huggingface/text-generation-inference/blob/main/router/src/lib.rs',
    right: ['completes', 'unusable', 'waits'],
    clue: /length|token|cut/i,
    answer: unless(
      (body) => body.max_tokens === undefined,
      answer({ content: fitting().slice(0, 300), finish: 'length', usage: spent(100, 0) }),
    ),
  },
  'triton-422': {
    provider: 'Triton, OpenAI front end',
    does: '422 for json_schema; json_object is taken and ignored',
    source: 'triton-inference-server/server#8852',
    right: ['completes', 'waits', 'unusable'],
    clue: /\b422\b|literal_error|response_format/,
    answer: unless(
      (body) => body.response_format?.type === 'json_schema',
      json(422, {
        detail: [
          {
            type: 'literal_error',
            loc: ['body', 'response_format', 'type'],
            msg: "Input should be 'text' or 'json_object'",
            input: 'json_schema',
          },
        ],
      }),
      answer({ content: ({ body }) => textFor(body, { honoursSchema: false }) }),
    ),
  },
  'mlx-fence': {
    provider: 'mlx-lm, Jan, text-generation-webui and other servers without a grammar',
    does: 'response_format is ignored; the JSON is in a code fence',
    source: 'ROCm/FastFlowLM#554, webai-at-home/webai-at-home#191',
    right: ['completes', 'unusable'],
    answer: answer({ content: ({ body }) => `\`\`\`json\n${textFor(body, { honoursSchema: false })}\n\`\`\`` }),
  },
  'kaito-always-streams': {
    provider: 'Kaito',
    does: 'a stream although one piece was asked for',
    source: 'kaito-project/kaito#1880',
    right: ['completes', 'waits'],
    clue: /\b200\b|stream|no (chat )?completion|not (a|an) (chat )?(completion|answer)|JSON/i,
    answer: streamed(),
  },
  'foundry-json-stream': {
    provider: 'Microsoft Foundry, local server',
    does: 'a stream with the content type of JSON',
    source: 'microsoft/foundry-dev-tools#195',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind(streamed({ contentType: 'application/json' }), answer()),
  },
  'ndjson-stream': {
    provider: 'servers in the manner of Ollama’s own API',
    does: 'a stream of JSON lines instead of events',
    source: 'microsoft/ai-chat-protocol#11, huggingface/chat-ui#1744',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind((exchange) => {
      const lines = [chunk(exchange, { content: textFor(exchange.body) }), chunk(exchange, {}, 'stop')];
      raw(200, 'application/x-ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))(exchange);
    }, answer()),
  },
  'bom-in-chunks': {
    provider: 'servers on .NET',
    does: 'the JSON begins with a byte order mark, and comes in small chunks',
    source: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.1',
    right: ['completes'],
    answer: byKind(answer(), (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      const body = Buffer.from(`\uFEFF${JSON.stringify(completion(exchange))}`);
      for (let at = 0; at < body.length; at += 50) exchange.response.write(body.subarray(at, at + 50));
      exchange.response.end();
    }),
  },
};
