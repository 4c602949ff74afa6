import { APIError, APIUserAbortError } from 'openai';
import type { Stream } from 'openai/streaming';
import { looseOf, type Loose } from './completion.ts';
import { contentOf } from './content.ts';
import { ErrorInStream } from './errors.ts';
import { JSON_BYTES_MAX } from './reply-limit.ts';
import { ProviderFailure } from '../../entities/provider-failure.ts';
import { hasWholeObject } from '../../json-in-text.ts';

/** A provider without streams sends a reply in one piece instead. */
export const isOnePiece = ({ headers }: Response): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '');

/** How long a whole reply waits for more, such as its token usage. */
const AFTER_WHOLE_MS = 1_000;

/**
 * Puts the pieces of a streamed reply together to the completion that the provider would have sent in one piece. A reply is
 * whole with a reason for its end, which some servers never send, or with a JSON object from its first brace to its last one.
 * An error after a whole reply is ignored, because it is paid for.
 * @returns undefined if the stream had no piece of a completion
 * @throws ProviderFailure, ErrorInStream, or an error of the connection
 */
export async function completionOf(
  pieces: Stream<unknown>,
  signal: AbortSignal,
  onText: (piece: string) => void,
): Promise<Loose | undefined> {
  const gathered = new Gathered();
  const idle = setTimeout(() => {
    if (gathered.isFinished || gathered.endsInObject()) pieces.controller.abort();
  }, AFTER_WHOLE_MS);
  try {
    for await (const piece of pieces) {
      const wasFinished = gathered.isFinished;
      const text = gathered.add(piece);
      if (text !== '') onText(text);
      if (text !== '' || gathered.isFinished !== wasFinished) idle.refresh();
    }
  } catch (error) {
    if (!gathered.isWhole()) throw error instanceof APIError ? new ErrorInStream(error, gathered.hasText) : error;
  } finally {
    clearTimeout(idle);
  }
  if (gathered.isWhole()) return gathered.completion();
  // The SDK ends an aborted stream as if it were complete.
  if (signal.aborted) throw new APIUserAbortError();
  if (gathered.hasBegun)
    throw new ProviderFailure('the reply of the model provider ended too early', {
      kind: 'connection',
      mayHaveCharged: true,
      inStream: true,
    });
  return undefined;
}

/** A closing brace, and perhaps the end of a fence. */
const OBJECT_END = /\}[\s`]*$/;

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

  isWhole(): boolean {
    return this.isFinished || (this.#content.length <= JSON_BYTES_MAX && hasWholeObject(this.#content));
  }

  /** Whether a whole object is the last that was written. Prose may well go on after one. */
  endsInObject(): boolean {
    return OBJECT_END.test(this.#content.slice(-100)) && this.isWhole();
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
