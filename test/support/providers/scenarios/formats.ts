import type { Scenarios } from '../scenario.ts';
import { answer, USAGE } from '../shapes.ts';
import { textFor } from '../texts.ts';

const PROSE =
  'Sure! Here are some ideas for you:\n\n1. **Walk after lunch** - because you said that you move little.\n2. **Call a friend**.';

const inProse = (text: string): string =>
  `Here is the JSON you asked for:\n\n\`\`\`json\n${text}\n\`\`\`\n\nI hope this helps!`;

/** Replies that do not keep to the format, and completions with parts of other types. */
export const formats: Scenarios = {
  'format-ignored': {
    provider: 'Ollama’s cloud, Bedrock access gateway',
    does: 'ignores response_format: the model knows what the messages tell',
    source: 'ollama/ollama#15260, ollama/ollama#14645, ollama/ollama#15416',
    right: ['completes', 'unusable'],
    answer: answer({ content: ({ body }) => textFor(body, { honoursSchema: false }) }),
  },
  prose: {
    provider: 'any small model',
    does: 'prose in place of JSON',
    source: 'ollama/ollama#15260',
    right: ['unusable', 'waits'],
    clue: /JSON|unusable|fit/i,
    answer: answer({ content: PROSE }),
  },
  'fence-in-prose': {
    provider: 'models where the format is ignored',
    does: 'a sentence, the JSON in a code fence, a sentence',
    source: 'ollama/ollama#14645',
    right: ['completes'],
    answer: answer({ content: ({ body }) => inProse(textFor(body)) }),
  },
  fence: {
    provider: 'several',
    does: 'the JSON in one code fence',
    source: 'ollama/ollama#14645',
    right: ['completes'],
    answer: answer({ content: ({ body }) => `\`\`\`json\n${textFor(body)}\n\`\`\`` }),
  },
  'null-message': {
    provider: 'several proxies',
    does: 'a choice whose message is null',
    source: 'NVIDIA/garak#1758',
    right: ['unusable', 'waits'],
    clue: /JSON|unusable|fit|text|choices|completion/i,
    answer: (exchange) => {
      if (exchange.body.stream) return answer({ content: null })(exchange);
      const body = { id: '1', choices: [{ index: 0, message: null, finish_reason: 'stop' }], usage: USAGE };
      return void exchange.response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    },
  },
  'tool-calls': {
    provider: 'models that were trained on tools',
    does: 'no content but tool_calls, finish_reason tool_calls',
    source: 'https://platform.openai.com/docs/api-reference/chat/object',
    right: ['unusable', 'waits'],
    clue: /JSON|unusable|fit|text|tool/i,
    answer: answer({
      content: null,
      finish: 'tool_calls',
      message: {
        tool_calls: [{ id: '1', type: 'function', function: { name: 'recommend', arguments: '{"title":"Walk"}' } }],
      },
      deltas: [
        { tool_calls: [{ index: 0, id: '1', type: 'function', function: { name: 'recommend', arguments: '' } }] },
      ],
    }),
  },
  'usage-missing': {
    provider: 'several',
    does: 'no usage at all',
    source: 'Portkey-AI/gateway#858, openai/openai-agents-python#1181',
    right: ['completes'],
    answer: answer({ usage: null }),
  },
  'usage-as-text': {
    provider: 'several proxies',
    does: 'counts of tokens as texts',
    source: 'openai/openai-agents-python#1181',
    right: ['completes'],
    answer: answer({ usage: { prompt_tokens: '900', completion_tokens: '300', total_tokens: null } }),
  },
};
