import type { Scenarios } from '../scenario.ts';
import { answer, byKind, firstThen, jsonModeOnly, limitOf, refuse, spent } from '../shapes.ts';

/** OpenAI's own models, by generation. */
export const openai: Scenarios = {
  openai: {
    provider: 'OpenAI',
    does: 'answers as documented, plain and streamed',
    source: 'https://platform.openai.com/docs/api-reference/chat',
    right: ['completes'],
    answer: answer(),
  },
  'openai-reasoning-first': {
    provider: 'OpenAI o-series',
    does: 'reasoning takes all of the first limit: no text, finish_reason length',
    source: 'langchain-ai/langchain#32477',
    right: ['completes'],
    answer: (exchange) => {
      const isEnough = (limitOf(exchange.body) ?? 0) > 4000;
      (isEnough ? answer() : answer({ content: '', finish: 'length', usage: spent(4000, 4000) }))(exchange);
    },
  },
  'openai-reasoning-all': {
    provider: 'OpenAI gpt-5',
    does: 'reasoning takes all of every limit: no text, finish_reason length',
    source: 'covan-ai/covan#112',
    right: ['unusable', 'waits'],
    clue: /length|reason|token/,
    answer: (exchange) => {
      const tokens = limitOf(exchange.body) ?? 0;
      answer({ content: '', finish: 'length', usage: spent(tokens, tokens) })(exchange);
    },
  },
  'openai-o-series': {
    provider: 'OpenAI o-series, gpt-5',
    does: '400 for max_tokens, temperature and top_p; max_completion_tokens is right',
    source: 'https://platform.openai.com/docs/guides/reasoning',
    right: ['completes'],
    answer: (exchange) => {
      const wrong = ['max_tokens', 'temperature', 'top_p'].find((name) => name in exchange.body);
      if (wrong === undefined) return answer()(exchange);
      const message = `Unsupported parameter: '${wrong}' is not supported with this model.`;
      return refuse(400, message, { param: wrong, code: 'unsupported_parameter' })(exchange);
    },
  },
  'openai-no-json-schema': {
    provider: 'OpenAI, older models',
    does: '400: json_schema is not supported with this model; json_object is',
    source: 'https://platform.openai.com/docs/guides/structured-outputs',
    right: ['completes', 'waits'],
    clue: /\b400\b|json_schema|response_format/,
    answer: jsonModeOnly(
      refuse(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", {
        param: 'response_format',
      }),
    ),
  },
  'openai-unverified-stream': {
    provider: 'OpenAI o3, gpt-5',
    does: '400 where streamed: the organization must be verified to stream',
    source: 'simonw/llm-openai-plugin#15, continuedev/continue#7129',
    right: ['completes'],
    answer: byKind(
      refuse(400, 'Your organization must be verified to stream this model.', {
        param: 'stream',
        code: 'unsupported_value',
      }),
      answer(),
    ),
  },
  'openai-wrong-key': {
    provider: 'OpenAI',
    does: '401 invalid_api_key',
    source: 'https://platform.openai.com/docs/guides/error-codes',
    right: ['waits'],
    clue: /\b401\b|invalid_api_key/,
    answer: refuse(401, 'Incorrect API key provided: sk-test*****1234.', { code: 'invalid_api_key' }),
  },
  'openai-region': {
    provider: 'OpenAI',
    does: '403: unsupported country',
    source: 'https://platform.openai.com/docs/guides/error-codes',
    right: ['waits'],
    clue: /\b403\b|unsupported_country/,
    answer: refuse(403, 'Country, region, or territory not supported', {
      type: 'request_forbidden',
      code: 'unsupported_country_region_territory',
    }),
  },
  'openai-no-model': {
    provider: 'OpenAI',
    does: '404 model_not_found',
    source: 'https://platform.openai.com/docs/guides/error-codes',
    right: ['waits'],
    clue: /\b404\b|model_not_found/,
    answer: refuse(404, 'The model does not exist or you do not have access to it.', { code: 'model_not_found' }),
  },
  'openai-quota': {
    provider: 'OpenAI',
    does: '429 insufficient_quota',
    source: 'https://platform.openai.com/docs/guides/error-codes',
    right: ['waits'],
    clue: /quota/,
    answer: refuse(429, 'You exceeded your current quota, please check your plan and billing details.', {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  },
  'openai-context': {
    provider: 'OpenAI',
    does: '400 context_length_exceeded for every prompt',
    source: 'https://platform.openai.com/docs/guides/error-codes',
    right: ['rejected', 'waits'],
    clue: /\b400\b|context_length_exceeded/,
    answer: refuse(400, "This model's maximum context length is 128000 tokens.", {
      param: 'messages',
      code: 'context_length_exceeded',
    }),
  },
  'openai-rate-limit': {
    provider: 'OpenAI',
    does: 'one 429 with retry-after and retry-after-ms',
    source: 'https://platform.openai.com/docs/guides/rate-limits',
    right: ['completes'],
    answer: firstThen(
      refuse(
        429,
        'Rate limit reached on requests per min (RPM): Limit 3, Used 3, Requested 1.',
        { type: 'requests', code: 'rate_limit_exceeded' },
        { 'retry-after': '2', 'retry-after-ms': '2000' },
      ),
      answer(),
    ),
  },
  'openai-refusal': {
    provider: 'OpenAI',
    does: 'message.refusal in place of content',
    source: 'https://platform.openai.com/docs/guides/structured-outputs',
    right: ['refused'],
    answer: answer({
      content: null,
      message: { refusal: "I'm sorry, I can't assist with that." },
      deltas: [{ refusal: "I'm sorry, " }, { refusal: "I can't assist with that." }],
    }),
  },
};
