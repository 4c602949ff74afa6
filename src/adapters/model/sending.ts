import type OpenAI from 'openai';
import { looseOf } from './completion.ts';
import type { Dialect } from './dialect.ts';
import { noCompletion, type Called } from './errors.ts';
import { jsonOrText } from './json-or-text.ts';
import { completionOf, isOnePiece } from './streamed.ts';

export type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;
export type Sending = OpenAI.RequestOptions & { signal: AbortSignal; timeout: number };

type Answer = { completion: unknown; headers: Headers };

/** Not parsed by the SDK, which goes by the content type: some servers send JSON with another one, or no JSON with that one. */
export async function askInOnePiece(client: OpenAI, body: Body, sending: Sending, called: Called): Promise<Answer> {
  const response = await client.chat.completions.create(body, sending).asResponse();
  return completionIn(jsonOrText(await response.text()), response, called);
}

type Streamed = { dialect: Dialect; onText: (piece: string) => void; called: Called };

export async function askStreamed(
  client: OpenAI,
  body: Body,
  sending: Sending,
  { dialect, onText, called }: Streamed,
): Promise<Answer> {
  // The SDK's own time-out covers a stream only up to its headers.
  const signal = AbortSignal.any([sending.signal, AbortSignal.timeout(sending.timeout)]);
  const usage = dialect.streamUsage ? { stream_options: { include_usage: true } } : {};
  const asked = client.chat.completions.create({ ...body, ...usage, stream: true }, { ...sending, signal });
  const { data: pieces, response } = await asked.withResponse();
  if (isOnePiece(response)) return completionIn(jsonOrText(await response.text()), response, called);
  return completionIn(await completionOf(pieces, signal, onText), response, called);
}

/** @throws ProviderRefusal, or another error of the provider, if the body is no completion */
function completionIn(body: unknown, { headers }: Response, called: Called): Answer {
  const { choice } = looseOf(body);
  if (typeof choice !== 'object' || choice === null || ('error' in choice && choice.error != null))
    throw noCompletion(choice ?? body, headers, called);
  return { completion: body, headers };
}
