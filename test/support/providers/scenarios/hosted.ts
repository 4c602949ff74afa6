import type { Scenarios } from '../scenario.ts';
import {
  answer,
  firstThen,
  json,
  jsonModeOnly,
  limitOf,
  PROMPT_TOKENS,
  raw,
  refuse,
  schemaHas,
  unless,
  whole,
} from '../shapes.ts';
import { fitting, textFor } from '../texts.ts';

/** Mistral and DeepSeek, each with a dialect of its own. */
export const mistralAndDeepSeek: Scenarios = {
  'mistral-422': {
    provider: 'Mistral',
    does: '422 extra_forbidden for max_completion_tokens; max_tokens is right',
    source: 'editor-code-assistant/eca#231, vectorize-io/hindsight#852, mistralai/platform-docs-public#7',
    right: ['completes'],
    answer: unless(
      (body) => body.max_completion_tokens !== undefined,
      json(422, {
        object: 'error',
        message: {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'max_completion_tokens'],
              msg: 'Extra inputs are not permitted',
              input: 4000,
            },
          ],
        },
        type: 'invalid_request_error',
        param: null,
        code: null,
      }),
    ),
  },
  'mistral-parts': {
    provider: 'Mistral, models that think',
    does: 'content is a list of parts: thinking, text',
    source: 'vercel/ai#17779, spring-projects/spring-ai#5020',
    right: ['completes'],
    answer: answer({
      content: ({ body }) => [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Let me think.' }] },
        { type: 'text', text: textFor(body) },
      ],
    }),
  },
  'mistral-429': {
    provider: 'Mistral',
    does: 'one 429 without a wait, in a form of its own',
    source: 'https://docs.mistral.ai/getting-started/models',
    right: ['completes'],
    answer: firstThen(json(429, { message: 'Requests rate limit exceeded', request_id: '1' }), answer()),
  },
  'deepseek-format': {
    provider: 'DeepSeek',
    does: '400: this response_format is unavailable; json_object works',
    source: 'llm-exe/llm-exe#662, BerriAI/litellm#31466, https://api-docs.deepseek.com/guides/json_mode',
    right: ['completes', 'waits'],
    clue: /\b400\b|response_format/,
    answer: jsonModeOnly(
      refuse(400, 'This response_format type is unavailable now', { code: 'invalid_request_error' }),
    ),
  },
  'deepseek-balance': {
    provider: 'DeepSeek',
    does: '402: insufficient balance',
    source: 'https://api-docs.deepseek.com/quick_start/error_codes',
    right: ['waits'],
    clue: /\b402\b|quota/,
    answer: refuse(402, 'Insufficient Balance', { type: 'unknown_error', code: 'invalid_request_error' }),
  },
  'deepseek-keep-alive': {
    provider: 'DeepSeek',
    does: 'blank lines, or comments, until the answer is there',
    source: 'https://api-docs.deepseek.com/quick_start/rate_limit',
    right: ['completes'],
    answer: (exchange) => {
      if (exchange.body.stream) return answer({ before: [': keep-alive\n\n', ': keep-alive\n\n'] })(exchange);
      exchange.response.writeHead(200, { 'content-type': 'application/json' }).write('\n\n');
      const message = { role: 'assistant', content: textFor(exchange.body) };
      const body = JSON.stringify({ id: '1', choices: [{ index: 0, message, finish_reason: 'stop' }] });
      return void setTimeout(() => exchange.response.end(`\n${body}`), 100);
    },
  },
};

/** Groq and Fireworks: limits of a model's own. */
export const groqAndFireworks: Scenarios = {
  'groq-min-items': {
    provider: 'Groq, Cerebras',
    does: '400: minItems and maxItems are not supported',
    source: 'i-am-bee/beeai-framework#1215, musistudio/claude-code-router#338',
    right: ['completes'],
    answer: unless(
      (body) => schemaHas(body, 'minItems', 'maxItems'),
      json(400, {
        error: {
          message:
            "invalid JSON schema for response_format: 'recommendations': /properties/recommendations: minItems is not supported",
          type: 'invalid_request_error',
        },
      }),
    ),
  },
  'groq-no-json-schema': {
    provider: 'Groq, most models',
    does: '400: no json_schema; json_object works',
    source: 'ItzCrazyKns/Vane#980, https://console.groq.com/docs/structured-outputs',
    right: ['completes', 'waits'],
    clue: /\b400\b|response_format/,
    answer: jsonModeOnly(
      refuse(400, 'This model does not support response format `json_schema`.', { param: 'response_format' }),
    ),
  },
  'groq-validate-failed': {
    provider: 'Groq',
    does: '400 json_validate_failed once: the reply of the model did not fit',
    source: 'thepersonalaicompany/amurex-backend#38, praveenjuge/teak#255',
    right: ['completes'],
    answer: firstThen(
      json(400, {
        error: {
          message: 'Generated JSON does not match the expected schema.',
          type: 'invalid_request_error',
          code: 'json_validate_failed',
          failed_generation: '{"summary":',
        },
      }),
      answer(),
    ),
  },
  'groq-413': {
    provider: 'Groq',
    does: '413 rate_limit_exceeded: prompt and limit together are over the tokens of a minute; less would fit',
    source: 'HunorLaczko/ha-groq-cloud-api#27, zeeyado/koassistant.koplugin#106',
    right: ['completes', 'waits'],
    clue: /\b413\b|rate.?limit/,
    answer: (exchange) => {
      const asked = PROMPT_TOKENS + (limitOf(exchange.body) ?? 0);
      if (asked <= 4000) return answer()(exchange);
      const message = `Request too large for model on tokens per minute (TPM): Limit 4000, Requested ${asked}, please reduce your message size and try again.`;
      return json(413, { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } })(exchange);
    },
  },
  'groq-429': {
    provider: 'Groq',
    does: 'two 429 with retry-after and x-ratelimit-reset-tokens',
    source: 'https://console.groq.com/docs/rate-limits',
    right: ['completes'],
    answer: firstThen(
      refuse(
        429,
        'Rate limit reached. Please try again in 1.4s.',
        { type: 'tokens', code: 'rate_limit_exceeded' },
        { 'retry-after': '2', 'x-ratelimit-reset-tokens': '1.4s' },
      ),
      answer(),
      2,
    ),
  },
  'fireworks-cap': {
    provider: 'Fireworks',
    does: '400 for more than 4,096 tokens without a stream, and the first reply is cut off',
    source: 'nextlevelbuilder/goclaw#660, nullclaw/nullclaw#231',
    right: ['completes'],
    answer: (exchange) => {
      const limit = limitOf(exchange.body) ?? 0;
      const message = 'Requests with max_tokens > 4096 must have stream=true';
      if (!exchange.body.stream && limit > 4096)
        return refuse(400, message, { param: 'max_tokens', code: 'BAD_REQUEST', type: 'error' })(exchange);
      const isRepair = (exchange.body.messages?.length ?? 0) > 2;
      const cutOff = answer({ content: fitting().slice(0, 200), finish: 'length' });
      return (isRepair || limit > 4000 ? answer() : cutOff)(exchange);
    },
  },
};

/** Further hosted models. */
export const hosted: Scenarios = {
  'xai-stream-options': {
    provider: 'xAI in 2025, older Azure and vLLM',
    does: '400 for stream_options',
    source: 'cline/cline#2764, QuantumNous/new-api#418, FlowiseAI/Flowise#2866',
    right: ['completes'],
    answer: unless(
      (body) => body.stream_options !== undefined,
      json(400, { code: 'Client specified an invalid argument', error: 'Argument not supported: stream_options' }),
    ),
  },
  'xai-wrong-key': {
    provider: 'xAI',
    does: '400 for a wrong key; code and error are sentences',
    source: 'continuedev/continue#10778, BerriAI/litellm#14056',
    right: ['waits'],
    clue: /\b400\b/,
    answer: json(400, {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: sk***et. You can obtain an API key from https://console.x.ai.',
    }),
  },
  'cohere-unknown-field': {
    provider: 'Cohere, until 2025',
    does: '422: max_completion_tokens and stream_options are unknown fields',
    source: 'cohere-ai/cohere-developer-experience#606, OpenRouterTeam/openrouter-examples#71',
    right: ['completes'],
    answer: (exchange) => {
      const wrong = ['max_completion_tokens', 'stream_options'].find((name) => name in exchange.body);
      if (wrong === undefined) return answer()(exchange);
      return json(422, { id: '1', message: `unknown field: parameter '${wrong}' is not a valid field.` })(exchange);
    },
  },
  'nvidia-nim-422': {
    provider: 'NVIDIA NIM',
    does: '422 as problem details: extra inputs are not permitted',
    source: 'NVIDIA/garak#748, can1357/oh-my-pi#2299',
    right: ['completes'],
    answer: unless(
      (body) => body.max_completion_tokens !== undefined,
      json(
        422,
        {
          type: 'urn:inference-service:problem-details:unprocessable-entity',
          title: 'Unprocessable Entity',
          status: 422,
          detail: 'body -> max_completion_tokens\n  Extra inputs are not permitted (type=extra_forbidden)',
          instance: '/v2/nvcf/pexec/functions/1',
          requestId: '1',
        },
        { 'content-type': 'application/problem+json' },
      ),
    ),
  },
  'together-400': {
    provider: 'Together',
    does: '400 whose text is beside the error: prompt and limit together are too much; less would fit',
    source: 'SWE-agent/SWE-agent#135, mozilla-ai/any-llm#714',
    right: ['completes', 'waits'],
    clue: /\b400\b/,
    answer: (exchange) => {
      const limit = limitOf(exchange.body) ?? 512;
      if (PROMPT_TOKENS + limit <= 4097) return answer()(exchange);
      const message = `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= 4097. Given: ${PROMPT_TOKENS} \`inputs\` tokens and ${limit} \`max_new_tokens\``;
      return json(400, { message, type_: 'invalid_request_error' })(exchange);
    },
  },
  'perplexity-roles': {
    provider: 'Perplexity',
    does: 'thoughts in content, and 400 where user and assistant do not alternate',
    source: 'perplexityai/api-discussion#265, raycast/extensions#17106',
    right: ['completes'],
    answer: (exchange) => {
      const roles = (exchange.body.messages ?? []).map(({ role }) => role).filter((role) => role !== 'system');
      const alternate = roles.every((role, index) => role === (index % 2 === 0 ? 'user' : 'assistant'));
      const message =
        'After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).';
      if (!alternate) return json(400, { error: { message, type: 'invalid_message', code: 400 } })(exchange);
      return answer({ content: ({ body }) => `<think>\nShort night.\n</think>\n${textFor(body)}` })(exchange);
    },
  },
  'watsonx-quota': {
    provider: 'watsonx.ai',
    does: '403 with a list of errors: the quota of tokens is used up',
    source: 'https://cloud.ibm.com/apidocs/watsonx-ai; the body is from memory',
    right: ['waits'],
    clue: /\b403\b|quota/,
    answer: json(403, {
      errors: [{ code: 'token_quota_reached', message: 'This request exceeds the remaining quota of tokens.' }],
      trace: '1',
      status_code: 403,
    }),
  },
  'deepinfra-balance': {
    provider: 'DeepInfra',
    does: '402 with {"detail": …}',
    source: 'zebbern/no-cost-ai#24; the form is from memory',
    right: ['waits'],
    clue: /\b402\b|quota/,
    answer: json(402, {
      detail: 'You need positive balance to do inference. Please add balance manually or setup top-up',
    }),
  },
  'sambanova-retired': {
    provider: 'SambaNova, NVIDIA NIM',
    does: '410: the model is no longer served',
    source: 'cline/cline#11008, can1357/oh-my-pi#2299',
    right: ['waits'],
    clue: /\b410\b/,
    answer: json(410, { error: { message: 'The model is no longer available.', type: 'gone', code: null } }),
  },
  'databricks-parts': {
    provider: 'Databricks',
    does: '400 for stream_options beside error, and content as parts',
    source: 'anomalyco/opencode#31156, continuedev/continue#12936',
    right: ['completes'],
    answer: unless(
      (body) => body.stream_options !== undefined,
      json(400, {
        error_code: 'BAD_REQUEST',
        message: '{"external_model_message":{"message":"stream_options: Extra inputs are not permitted"}}',
      }),
      answer({ content: ({ body }) => [{ type: 'text', text: textFor(body) }] }),
    ),
  },
  'workers-ai-object': {
    provider: 'Cloudflare Workers AI',
    does: 'content is an object',
    source: 'https://developers.cloudflare.com/workers-ai/features/json-mode/',
    right: ['completes'],
    answer: (exchange) => whole({ content: JSON.parse(textFor(exchange.body)) as object })(exchange),
  },
  'text-plain-json': {
    provider: 'servers of one’s own',
    does: 'the JSON has the content type text/plain',
    source: 'common',
    right: ['completes'],
    answer: (exchange) =>
      exchange.body.stream ? answer()(exchange) : whole({ contentType: 'text/plain; charset=utf-8' })(exchange),
  },
  'plain-text-401': {
    provider: 'a proxy with a password',
    does: '401 in plain text',
    source: 'common',
    right: ['waits'],
    clue: /\b401\b/,
    answer: raw(401, 'text/plain', 'Unauthorized'),
  },
};
