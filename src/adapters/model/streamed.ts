import { APIError, APIUserAbortError } from 'openai';
import type { Stream } from 'openai/streaming';
import { looseOf, type Loose } from './completion.ts';
import { contentOf } from './content.ts';
import { classifyStreamError } from './errors.ts';
import { ProviderFailure } from '../../entities/provider-failure.ts';

/** A provider without streams sends a reply in one piece instead. */
export const isOnePiece = ({ headers }: Response): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '');

/** How long the token usage is waited for, which may follow a finished reply. */
const AFTER_FINISH_MS = 1_000;

/**
 * Puts the pieces of a streamed reply together to the completion that the provider would have sent in one piece. An error
 * after the reply has finished is ignored, because the reply is complete and paid for.
 * @returns undefined if the stream had no piece of a completion
 * @throws ProviderFailure, ProviderPause, Permanent, or an error of the connection
 */
export async function completionOf(
  pieces: Stream<unknown>,
  signal: AbortSignal,
  onText: (piece: string) => void,
): Promise<Loose | undefined> {
  const gathered = new Gathered();
  let over: NodeJS.Timeout | undefined;
  try {
    for await (const piece of pieces) {
      const text = gathered.add(piece);
      if (text !== '') onText(text);
      if (!gathered.isFinished || (over !== undefined && text === '')) continue;
      clearTimeout(over);
      over = setTimeout(() => pieces.controller.abort(), AFTER_FINISH_MS);
    }
  } catch (error) {
    if (!gathered.isFinished) throw error instanceof APIError ? classifyStreamError(error, gathered.hasText) : error;
  } finally {
    clearTimeout(over);
  }
  if (gathered.isFinished) return gathered.completion();
  // The SDK ends an aborted stream as if it were complete.
  if (signal.aborted) throw new APIUserAbortError();
  if (gathered.hasBegun)
    throw new ProviderFailure('the reply of the model provider ended too early', {
      kind: 'connection',
      mayHaveCharged: true,
    });
  return undefined;
}

class Gathered {
  /** At least one piece was part of a completion, so the response is not something else, such as a web page. */
  hasBegun = false;
  #content = '';
  #refusal = '';
  #finishReason: string | undefined;
  #model: unknown;
  #usage: Loose['usage'];

  get hasText(): boolean {
    return this.#content !== '' || this.#refusal !== '';
  }

  get isFinished(): boolean {
    return this.#finishReason !== undefined;
  }

  /** @returns the text of the piece */
  add(piece: unknown): string {
    const { choice, model, usage } = looseOf(piece);
    if (textOf(model) !== '') this.#model = model; // a first piece may have none
    this.#usage = usage ?? this.#usage; // in the last piece, or cumulative in each
    if (typeof choice !== 'object' || choice === null) return '';
    this.hasBegun = true;
    const { text, refusal } = contentOf(choice.delta ?? choice.message);
    this.#content += text;
    this.#refusal += refusal;
    const reason = textOf(choice.finish_reason);
    if (reason !== '') this.#finishReason = reason; // some servers send an empty one with every piece
    return text;
  }

  completion(): Loose {
    const message = { content: this.#content, refusal: this.#refusal };
    const choices = [{ finish_reason: this.#finishReason, message }];
    return { choices, model: this.#model, ...(this.#usage === undefined ? {} : { usage: this.#usage }) };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
