import { APIError, APIUserAbortError } from 'openai';
import type { Stream } from 'openai/streaming';
import { looseOf, type Loose } from './completion.ts';
import { classifyStreamError } from './errors.ts';
import { ProviderFailure } from '../../entities/provider-failure.ts';

/** A provider that does not know streams answers in one piece. */
export const isOnePiece = ({ headers }: Response): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '');

/** After its last piece of text a finished answer may still be followed by its usage. More is not waited for. */
const AFTER_FINISH_MS = 1_000;

/**
 * The pieces of a streamed answer, put together to what the provider would have sent in one piece. A failure after the
 * answer has finished makes no difference: the answer is there and paid for.
 * @throws ProviderFailure, ProviderPause, Permanent, or what the connection throws
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
  // The SDK ends a stream that was aborted as if that were all of it.
  if (signal.aborted) throw new APIUserAbortError();
  if (gathered.hasBegun)
    throw new ProviderFailure('the answer of the model provider ended too early', { mayHaveCharged: true });
  return undefined;
}

class Gathered {
  /** There was at least one piece of an answer, so it is no answer of something else, such as a page. */
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

  /** The text that came with it. */
  add(piece: unknown): string {
    const { choice, model, usage } = looseOf(piece);
    if (textOf(model) !== '') this.#model = model; // a first piece may come without
    this.#usage = usage ?? this.#usage; // with the last piece, or with each and rising
    if (typeof choice !== 'object' || choice === null) return '';
    this.hasBegun = true;
    const { content, refusal } = choice.delta ?? choice.message ?? {};
    const text = textOf(content);
    this.#content += text;
    this.#refusal += textOf(refusal);
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
