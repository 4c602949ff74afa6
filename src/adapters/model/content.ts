import { isJsonObject } from '../../json-object.ts';

/** The text of a message, or of a piece of one, and the text of a refusal. Empty if it has none. */
export type Content = { text: string; refusal: string };

/**
 * Reads a message as servers really send it: its content is a text, a list of parts, or an object that the server has parsed
 * already. Thoughts are dropped: parts of them, and the fields `reasoning` and `reasoning_content` beside the content.
 */
export function contentOf(message: unknown): Content {
  if (!isJsonObject(message)) return { text: '', refusal: '' };
  const { content } = message;
  const parts: unknown[] = Array.isArray(content) ? content : [content];
  const refusals = parts.map((part) => (isJsonObject(part) ? part.refusal : undefined));
  return {
    text: isJsonObject(content) && !isPart(content) ? JSON.stringify(content) : parts.map(textOf).join(''),
    refusal: [message.refusal, ...refusals].filter((refusal) => typeof refusal === 'string').join(''),
  };
}

const isPart = ({ type }: Record<string, unknown>): boolean => typeof type === 'string';

/** The text of a part of a list. Servers name the type of thoughts differently: thinking, reasoning, redacted_thinking. */
function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (!isJsonObject(part) || typeof part.text !== 'string') return '';
  const isThought = part.thought === true || (typeof part.type === 'string' && THOUGHT.test(part.type));
  return isThought ? '' : part.text;
}

const THOUGHT = /think|thought|reason/i;
