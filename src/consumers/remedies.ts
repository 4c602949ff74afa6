import type { RefusalFacts } from '../entities/provider-failure.ts';

type Reason = 'quota' | 'configuration' | 'outage' | 'unfit';

/** The remedy for an operator, for the log. Work goes on by itself when the cause is mended. */
export function remedyOf(reason: Reason | 'unknown', facts: RefusalFacts | null): string {
  if (reason === 'configuration' && facts?.code?.includes('context') === true) return TOO_LONG;
  if (reason === 'configuration')
    return `the model provider refuses every request: ${OF_STATUS[facts?.status ?? 0] ?? OTHERWISE}`;
  return TEXTS[reason];
}

const TEXTS: Record<Exclude<Reason, 'configuration'> | 'unknown', string> = {
  quota: 'the quota or the credit at the model provider is used up. Raise it there',
  outage:
    'the model provider is down or can not be reached. Check OPENAI_BASE_URL, the server, and HTTPS_PROXY if there is one',
  unfit:
    'the replies of this model can not be used, neither to people nor to a made-up assessment. Choose another OPENAI_MODEL, or a server that honours response_format',
  unknown: 'the model provider was not looked at yet',
};

const TOO_LONG =
  'the prompt of the longest questionnaire is longer than the context of the model. Raise the context at the server, or choose another OPENAI_MODEL';

const OF_STATUS: Record<number, string> = {
  200: 'the address answers, and not with chat completions. Check OPENAI_BASE_URL: most servers want /v1 at its end',
  401: 'check OPENAI_API_KEY, and the organization and project that it belongs to',
  403: 'check the rights of OPENAI_API_KEY, the region, and the model in OPENAI_MODEL',
  404: 'check OPENAI_MODEL (is it installed there?) and OPENAI_BASE_URL',
  405: 'check OPENAI_BASE_URL: the address takes no chat completions',
};
const OTHERWISE =
  'check OPENAI_API_KEY, OPENAI_MODEL, OPENAI_BASE_URL, the credit there, and the settings of the request that the code or the parameter names';
