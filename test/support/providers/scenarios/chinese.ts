import type { Scenarios } from '../scenario.ts';
import { answer, byKind, firstThen, flagged, json, refuse } from '../shapes.ts';
import { FLAG } from '../texts.ts';

/** Qwen, Zhipu, Moonshot, DeepSeek: filters of what a person wrote, and codes of their own. */
export const chinese: Scenarios = {
  'qwen-inspection': {
    provider: 'DashScope (Qwen)',
    does: '400 data_inspection_failed for answers that are flagged',
    source: 'camel-ai/owl#432, QwenLM/qwen-code#2905',
    right: ['refused'],
    note: FLAG,
    answer: flagged(
      json(400, {
        error: {
          code: 'data_inspection_failed',
          param: null,
          message: 'Input data may contain inappropriate content.',
          type: 'data_inspection_failed',
        },
        id: 'chatcmpl-1',
        request_id: '1',
      }),
    ),
  },
  'qwen-thinking': {
    provider: 'DashScope (Qwen 3)',
    does: '400 in one piece: enable_thinking must be false; streams work',
    source: 'infiniflow/ragflow#8972, QuantumNous/new-api#1109, langchain4j/langchain4j#3974',
    right: ['completes', 'waits'],
    clue: /\b400\b|invalid_parameter_error/,
    answer: byKind(
      answer({ deltas: [{ reasoning_content: 'Let me think.' }] }),
      refuse(400, 'parameter.enable_thinking must be set to false for non-streaming calls', {
        code: 'invalid_parameter_error',
      }),
    ),
  },
  'qwen-arrears': {
    provider: 'DashScope (Qwen)',
    does: '400 Arrearage: the account is not in good standing',
    source: 'hsliuping/TradingAgents-CN#170',
    right: ['waits'],
    clue: /\b400\b|Arrearage|quota/,
    answer: refuse(400, 'Access denied, please make sure your account is in good standing.', {
      type: 'Arrearage',
      code: 'Arrearage',
    }),
  },
  'zhipu-1301': {
    provider: 'Zhipu (GLM)',
    does: '400 with the code "1301" for answers that are flagged',
    source: 'langchain4j/langchain4j#1079, zai-org/feedback#516',
    right: ['refused', 'rejected'],
    clue: /\b400\b|1301/,
    note: FLAG,
    env: { MAX_ATTEMPTS: '1' },
    answer: flagged(
      json(400, {
        contentFilter: [{ level: 1, role: 'user' }],
        error: { code: '1301', message: '系统检测到输入或生成内容可能包含不安全或敏感内容' },
      }),
    ),
  },
  'zhipu-1302': {
    provider: 'Zhipu (GLM)',
    does: 'one 429 with the code "1302": too many at once',
    source: 'https://docs.bigmodel.cn/cn/faq/api-code',
    right: ['completes'],
    answer: firstThen(json(429, { error: { code: '1302', message: '您当前使用该API的并发数过高' } }), answer()),
  },
  'zhipu-1113': {
    provider: 'Zhipu (GLM)',
    does: '429 with the code "1113": the account has no balance',
    source: 'https://docs.bigmodel.cn/cn/faq/api-code',
    right: ['waits'],
    clue: /\b429\b|1113|quota|rate.?limit/,
    answer: json(429, { error: { code: '1113', message: '您的账户已欠费，请充值后重试' } }),
  },
  'moonshot-filter': {
    provider: 'Moonshot (Kimi)',
    does: '400 of the type content_filter for answers that are flagged',
    source: 'MoonshotAI/kimi-cli#1002, MoonshotAI/kimi-code#242',
    right: ['refused'],
    note: FLAG,
    answer: flagged(
      json(400, {
        error: {
          code: 400,
          message: 'The request was rejected because it was considered high risk',
          param: 'prompt',
          type: 'content_filter',
        },
      }),
    ),
  },
  'deepseek-risk': {
    provider: 'DeepSeek',
    does: '400 "Content Exists Risk" for answers that are flagged',
    source: 'deepseek-ai/awesome-deepseek-integration#13',
    right: ['refused', 'rejected'],
    clue: /\b400\b/,
    note: FLAG,
    env: { MAX_ATTEMPTS: '1' },
    answer: flagged(refuse(400, 'Content Exists Risk', { code: 'invalid_request_error' })),
  },
};
