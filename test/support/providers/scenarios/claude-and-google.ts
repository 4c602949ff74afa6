import type { Answer, Scenarios } from '../scenario.ts';
import { answer, firstThen, json, refuse, schemaHas, unless } from '../shapes.ts';
import { textFor } from '../texts.ts';

/** Google's errors come in a list. */
const google = (code: number, status: string, message: string, details: readonly object[] = []): Answer =>
  json(code, [{ error: { code, message, status, ...(details.length > 0 && { details }) } }]);

const reason = (text: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: text });
const retryIn = (delay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay });

const overloaded = json(529, {
  error: { code: 'overloaded_error', message: 'Overloaded', type: 'overloaded_error', param: null },
});

/** Anthropic's address for OpenAI's clients. */
export const claude: Scenarios = {
  'claude-format-ignored': {
    provider: 'Anthropic, until 2026',
    does: 'ignores response_format',
    source: 'https://docs.anthropic.com/en/api/openai-sdk',
    right: ['completes', 'unusable'],
    answer: answer({ content: ({ body }) => textFor(body, { honoursSchema: false }) }),
  },
  'claude-max-items': {
    provider: 'Anthropic',
    does: '400: maxItems is not supported in a schema',
    source: 'agentjido/req_llm#707, laravel/ai#715',
    right: ['completes'],
    answer: unless(
      (body) => schemaHas(body, 'maxItems', 'maxLength', 'minLength'),
      refuse(400, "output_format.schema: For 'array' type, property 'maxItems' is not supported", {
        code: 'invalid_request_error',
      }),
    ),
  },
  'claude-credit': {
    provider: 'Anthropic',
    does: '400: the credit balance is too low',
    source: 'anthropics/claude-code#66314, anthropics/claude-code#88711',
    right: ['waits'],
    clue: /\b400\b|quota|credit|billing/,
    answer: refuse(
      400,
      'Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or purchase credits.',
      { code: 'invalid_request_error' },
    ),
  },
  'claude-usage-limit': {
    provider: 'Anthropic',
    does: '400: usage limits reached',
    source: 'anthropics/claude-code#38035',
    right: ['waits'],
    clue: /\b400\b|quota|limit/,
    answer: refuse(
      400,
      'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      { code: 'invalid_request_error' },
    ),
  },
  'claude-429': {
    provider: 'Anthropic',
    does: 'one 429 with retry-after, and the resets as dates',
    source: 'https://docs.anthropic.com/en/api/rate-limits',
    right: ['completes'],
    answer: firstThen(
      refuse(
        429,
        'This request would exceed your rate limit.',
        { type: 'rate_limit_error', code: 'rate_limit_error' },
        { 'retry-after': '2', 'anthropic-ratelimit-tokens-reset': '2027-01-27T12:00:30Z' },
      ),
      answer(),
    ),
  },
  'claude-529': {
    provider: 'Anthropic',
    does: '529 overloaded, three times',
    source: 'https://docs.anthropic.com/en/api/errors',
    right: ['completes'],
    answer: firstThen(overloaded, answer(), 3),
  },
};

/** Google's addresses for OpenAI's clients: Gemini and Vertex AI. */
export const gemini: Scenarios = {
  'gemini-wrong-key': {
    provider: 'Gemini',
    does: '400 INVALID_ARGUMENT for a wrong key, in a list',
    source: 'continuedev/continue#10290, cequence-io/openai-scala-client#109',
    right: ['waits'],
    clue: /\b400\b|INVALID_ARGUMENT|API_KEY_INVALID/,
    answer: google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      reason('API_KEY_INVALID'),
    ]),
  },
  'gemini-region': {
    provider: 'Gemini',
    does: '400 FAILED_PRECONDITION: the location is not supported',
    source: 'FoundationAgents/OpenManus#803',
    right: ['waits'],
    clue: /\b400\b|FAILED_PRECONDITION/,
    answer: google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  },
  'gemini-length': {
    provider: 'Gemini',
    does: 'no content, finish_reason length, 0 completion tokens',
    source: 'elastic/kibana#220586',
    right: ['unusable', 'waits'],
    clue: /length|reason|token/,
    answer: answer({
      content: undefined,
      finish: 'length',
      usage: { prompt_tokens: 900, completion_tokens: 0, total_tokens: 4900 },
    }),
  },
  'gemini-429': {
    provider: 'Gemini',
    does: '429 RESOURCE_EXHAUSTED with RetryInfo in the body',
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    right: ['waits'],
    clue: /\b429\b|RESOURCE_EXHAUSTED|quota|rate.?limit/,
    answer: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota. Please retry in 34.2s.', [
      retryIn('34s'),
    ]),
  },
  'gemini-429-once': {
    provider: 'Gemini',
    does: 'one 429 with a RetryInfo of two seconds',
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    right: ['completes'],
    answer: firstThen(
      google(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', [retryIn('2s')]),
      answer(),
    ),
  },
  'gemini-503': {
    provider: 'Gemini',
    does: '503 UNAVAILABLE, twice, in a list',
    source: 'google-gemini/gemini-cli#5191, google-gemini/gemini-cli#12932',
    right: ['completes'],
    answer: firstThen(google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'), answer(), 2),
  },
  'gemini-prohibited': {
    provider: 'Gemini',
    does: 'finish_reason "content_filter: PROHIBITED_CONTENT"',
    source: 'HKUDS/Vibe-Trading#308',
    right: ['refused'],
    answer: answer({ content: undefined, finish: 'content_filter: PROHIBITED_CONTENT' }),
  },
  'gemini-safety': {
    provider: 'Gemini',
    does: 'finish_reason SAFETY and no content',
    source: 'HKUDS/Vibe-Trading#308',
    right: ['refused'],
    answer: answer({ content: undefined, finish: 'SAFETY' }),
  },
  'vertex-expired-token': {
    provider: 'Vertex AI',
    does: '401 UNAUTHENTICATED, in a list: its keys are tokens of an hour',
    source: 'NousResearch/hermes-agent#56259',
    right: ['waits'],
    clue: /\b401\b|UNAUTHENTICATED/,
    answer: google(
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token.',
      [reason('ACCESS_TOKEN_TYPE_UNSUPPORTED')],
    ),
  },
};
