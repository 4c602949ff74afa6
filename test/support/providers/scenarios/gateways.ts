import { FLAG } from '../texts.ts';
import type { Scenarios } from '../scenario.ts';
import { answer, byKind, chunk, event, firstThen, flagged, head, json, refuse, sse, unless } from '../shapes.ts';

const moderated = json(403, {
  error: {
    code: 403,
    message: 'The model requires moderation. Your input was flagged for "self-harm". No credits were charged.',
    metadata: {
      reasons: ['self-harm'],
      flagged_input: '…',
      provider_name: 'OpenAI',
      model_slug: 'openai/gpt-4.1-mini',
    },
  },
});

/** OpenRouter, which answers 200 as soon as a provider has begun. */
export const openRouter: Scenarios = {
  'openrouter-moderated': {
    provider: 'OpenRouter',
    does: '403 with metadata for answers that are flagged',
    source: 'https://openrouter.ai/docs/api/errors',
    right: ['refused'],
    note: FLAG,
    answer: flagged(moderated),
  },
  'openrouter-200-429': {
    provider: 'OpenRouter',
    does: '200 whose body is an error with code 429',
    source: 'https://openrouter.ai/docs/api/errors, Aider-AI/aider#3550, xyOz-dev/Saturn#43, decolua/9router#2727',
    right: ['waits'],
    clue: /\b429\b|rate.?limit/,
    answer: json(200, {
      error: {
        message: 'Provider returned error',
        code: 429,
        metadata: { raw: 'temporarily rate-limited upstream', provider_name: 'Other' },
      },
      user_id: 'user_1',
    }),
  },
  'openrouter-choice-error': {
    provider: 'OpenRouter',
    does: '200 with an error 502 within the choice',
    source: 'https://openrouter.ai/docs/api/errors',
    right: ['waits'],
    clue: /\b502\b|outage|error/,
    answer: (exchange) =>
      json(200, {
        ...head(exchange),
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            finish_reason: 'error',
            native_finish_reason: 'error',
            error: { code: 502, message: 'Upstream error: terminated' },
            message: { role: 'assistant', content: '' },
          },
        ],
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      })(exchange),
  },
  'openrouter-stream': {
    provider: 'OpenRouter',
    does: 'comment lines before the first piece of a stream',
    source: 'https://openrouter.ai/docs/api/streaming',
    right: ['completes'],
    answer: answer({ before: [': OPENROUTER PROCESSING\n\n', ': OPENROUTER PROCESSING\n\n'] }),
  },
  'openrouter-stream-error': {
    provider: 'OpenRouter',
    does: 'plain calls work; a stream ends with an error beside an empty choice',
    source: 'https://openrouter.ai/docs/api/streaming',
    right: ['completes'],
    withinMs: 40_000,
    answer: byKind((exchange) => {
      sse(exchange);
      event(exchange, chunk(exchange, { content: '{"summary":"You' }));
      const error = { code: 'server_error', message: 'Provider disconnected unexpectedly' };
      event(exchange, chunk(exchange, { content: '' }, 'error', { error }));
      exchange.response.end('data: [DONE]\n\n');
    }, answer()),
  },
  'openrouter-credits': {
    provider: 'OpenRouter',
    does: '402: insufficient credits',
    source: 'https://openrouter.ai/docs/api/errors',
    right: ['waits'],
    clue: /\b402\b|quota|credit/,
    answer: json(402, { error: { message: 'Insufficient credits. Add more using the credits page.', code: 402 } }),
  },
  'openrouter-no-endpoint': {
    provider: 'OpenRouter',
    does: '404: no endpoint takes the parameters',
    source: 'https://openrouter.ai/docs/guides/routing',
    right: ['waits'],
    clue: /\b404\b/,
    answer: json(404, {
      error: { message: 'No endpoints found that can handle the requested parameters.', code: 404 },
    }),
  },
};

/** Proxies with budgets, keys and filters of their own. */
export const gateways: Scenarios = {
  'litellm-budget': {
    provider: 'LiteLLM, until 2025',
    does: '400 budget_exceeded',
    source: 'BerriAI/litellm#14144, BerriAI/litellm#37000',
    right: ['waits'],
    clue: /quota|budget|\b400\b/,
    answer: refuse(400, 'Budget has been exceeded! Current cost: 14.2, Max budget: 10.0', {
      type: 'budget_exceeded',
      code: '400',
    }),
  },
  'litellm-unsupported': {
    provider: 'LiteLLM without drop_params',
    does: '400 UnsupportedParamsError for max_completion_tokens; max_tokens is right',
    source: 'mcdonc/klangk#2067, BerriAI/litellm#10791',
    right: ['completes'],
    answer: unless(
      (body) => body.max_completion_tokens !== undefined,
      refuse(
        400,
        "litellm.UnsupportedParamsError: zai does not support parameters: ['max_completion_tokens'], for model=glm-5.2.",
        { type: 'None', param: 'None', code: '400' },
      ),
    ),
  },
  'huggingface-no-model': {
    provider: 'Hugging Face router',
    does: '400 model_not_supported',
    source: 'cline/cline#5098, vercel/ai#7788',
    right: ['waits'],
    clue: /\b400\b|model_not_supported/,
    answer: refuse(400, 'The requested model is not supported by any provider you have enabled.', {
      param: 'model',
      code: 'model_not_supported',
    }),
  },
  'cloudflare-ai-gateway': {
    provider: 'Cloudflare AI Gateway',
    does: '400 with success: false and a list of errors',
    source: 'https://developers.cloudflare.com/ai-gateway/; the body is from memory',
    right: ['waits'],
    clue: /\b400\b|2001/,
    answer: json(400, {
      success: false,
      result: [],
      messages: [],
      error: [{ code: 2001, message: 'Please configure AI Gateway in the Cloudflare dashboard' }],
    }),
  },
  'bedrock-gateway-throttle': {
    provider: 'Bedrock access gateway',
    does: 'two 429 with {"detail": …}',
    source: 'https://github.com/aws-samples/bedrock-access-gateway',
    right: ['completes'],
    withinMs: 30_000,
    answer: firstThen(
      json(429, { detail: 'An error occurred (ThrottlingException) when calling the Converse operation.' }),
      answer(),
      2,
    ),
  },
  'new-api-sensitive-words': {
    provider: 'new-api, one-api',
    does: '400 sensitive_words_detected for answers with a listed word',
    source: 'openai/openai-cookbook#1224',
    right: ['refused', 'rejected'],
    clue: /\b400\b|sensitive_words_detected/,
    note: FLAG,
    env: { MAX_ATTEMPTS: '1' },
    answer: flagged(
      refuse(400, `input contains sensitive words: [${FLAG}]`, {
        type: 'new_api_error',
        param: '',
        code: 'sensitive_words_detected',
      }),
    ),
  },
};
