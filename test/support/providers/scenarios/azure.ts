import type { Scenarios } from '../scenario.ts';
import { answer, firstThen, json, refuse } from '../shapes.ts';

const limited = (seconds: number): string =>
  `Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after ${seconds} seconds.`;

/** Azure OpenAI: a content filter, limits in bare seconds, and two kinds of addresses. */
export const azure: Scenarios = {
  'azure-content-filter': {
    provider: 'Azure OpenAI',
    does: '400 content_filter: the prompt was flagged',
    source: 'stanford-crfm/helm#3327, compl-ai/compl-ai#20',
    right: ['refused'],
    answer: refuse(
      400,
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      {
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { self_harm: { filtered: true, severity: 'medium' } },
        },
      },
    ),
  },
  'azure-reply-filtered': {
    provider: 'Azure OpenAI',
    does: 'finish_reason content_filter after some text: the reply was flagged',
    source: 'https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter',
    right: ['refused'],
    answer: answer({ content: '{"summary":"You', finish: 'content_filter' }),
  },
  'azure-stream': {
    provider: 'Azure OpenAI',
    does: 'the first piece of a stream has no choices',
    source: 'https://learn.microsoft.com/azure/ai-services/openai/concepts/content-streaming',
    right: ['completes'],
    answer: answer({
      before: [
        {
          id: '',
          object: '',
          created: 0,
          model: '',
          choices: [],
          prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
        },
      ],
    }),
  },
  'azure-deployment': {
    provider: 'Azure OpenAI, deployment address',
    does: 'wants ?api-version= and the header api-key',
    source: 'https://learn.microsoft.com/azure/ai-services/openai/reference',
    right: ['completes'],
    path: '/openai/deployments/gpt-4o?api-version=2024-10-21',
    env: { OPENAI_CUSTOM_HEADERS: 'api-key: azure-test-key' },
    answer: (exchange) => {
      const { pathname, searchParams } = new URL(exchange.url, 'http://azure');
      if (exchange.headers['api-key'] === undefined)
        return json(401, {
          error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' },
        })(exchange);
      const isKnown = searchParams.has('api-version') && pathname.endsWith('/chat/completions');
      return (isKnown ? answer() : json(404, { error: { code: '404', message: 'Resource not found' } }))(exchange);
    },
  },
  'azure-429': {
    provider: 'Azure OpenAI',
    does: 'one 429 whose code is the text "429", with retry-after in seconds',
    source: 'langgenius/dify#3491, jasonacox/TinyLLM#17',
    right: ['completes'],
    answer: firstThen(
      json(
        429,
        { error: { code: '429', message: limited(2) } },
        { 'retry-after': '2', 'x-ratelimit-reset-requests': '2' },
      ),
      answer(),
    ),
  },
  'azure-429-reset': {
    provider: 'Azure OpenAI',
    does: 'one 429 without retry-after; the limits are reset in bare seconds',
    source: 'https://learn.microsoft.com/azure/ai-services/openai/how-to/quota',
    right: ['completes'],
    answer: firstThen(
      json(
        429,
        { error: { code: '429', message: limited(2) } },
        { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2' },
      ),
      answer(),
    ),
  },
  'azure-429-day': {
    provider: 'Azure OpenAI, free tier',
    does: '429 with a wait of a day',
    source: 'alex-wolf-ps/dbchatprov2#2, jasonacox/TinyLLM#17',
    right: ['waits'],
    clue: /\b429\b|rate.?limit/i,
    answer: json(429, { error: { code: '429', message: limited(86_400) } }, { 'retry-after': '86400' }),
  },
};
