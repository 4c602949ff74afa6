import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../../entities/provider-failure.ts';
import type { ModelReply } from './completion.ts';
import { afterRefusal, afterRefusedStream, longer, type Dialect, type Pinned } from './dialect.ts';

/** Dialects that are tried in one look, for plain requests and again for streamed ones. */
export const DIALECTS_MAX = 9;
/** After so many failed streams, where plain requests are answered, replies are not streamed. */
const STREAM_FAILURES_MAX = 2;
/** The statuses by which servers refuse the form of a request. */
const FORM_REFUSED: ReadonlySet<number | null> = new Set([400, 404, 413, 422]);

export type Learning = {
  ask: (dialect: Dialect, isStreamed: boolean) => Promise<ModelReply>;
  pinned: Pinned;
  /** Most tokens of a reply, thought included. */
  tokensMax: number;
  /** Called with the dialect that has come furthest where a rate limit ends the look: the next one goes on there. */
  keep: (dialect: Dialect) => void;
  signal: AbortSignal;
};

/** The dialect that the look has found, and the reply. */
export type Learned = {
  dialect: Dialect;
  /** To the plain request. */
  reply: ModelReply;
};

/**
 * Asks plain, and then streamed, in one dialect after another until the provider takes one.
 * @throws for the plain request alone: replies are not streamed where streams fail
 */
export async function learn(first: Dialect, learning: Learning): Promise<Learned> {
  const plain = await learnPlain(first, learning);
  const dialect = await learnStreamed(plain, learning);
  return { dialect: { ...dialect, ...learning.pinned }, reply: plain.reply };
}

async function learnPlain(first: Dialect, { ask, pinned, tokensMax, keep }: Learning): Promise<Learned> {
  let ceiling = tokensMax;
  let shorter: Dialect | undefined;
  return await climb(first, {
    ask: (dialect) => ask(dialect, false),
    afterReply(dialect, { cutOff, text }) {
      // A reply without text was all thought, which the limit has cut off.
      if (!cutOff || text !== '') return undefined;
      shorter = dialect;
      return longer(dialect, ceiling);
    },
    afterError(dialect, error) {
      // With a low rate limit the look would never get further otherwise.
      if (error instanceof ProviderPause) keep(shorter ?? dialect);
      const next = isOfForm(error) ? (shorter ?? afterRefusal(dialect, pinned, error.names)) : undefined;
      if (next === undefined) throw error;
      if (next.tokensMax < dialect.tokensMax) ceiling = next.tokensMax;
      return next;
    },
  });
}

async function learnStreamed({ dialect: plain, reply }: Learned, { ask, pinned, signal }: Learning): Promise<Dialect> {
  const first = { ...plain, streams: pinned.streams ?? true };
  let failures = 0;
  try {
    const { dialect } = await climb(first, {
      ask: (one) => (one.streams ? ask(one, true) : Promise.resolve(reply)),
      afterReply: () => undefined,
      afterError(one, error) {
        if (signal.aborted) throw error;
        if (error instanceof ProviderRefusal) return afterRefusedStream(one) ?? one;
        // Once may be chance.
        if (error instanceof ProviderFailure && ++failures < STREAM_FAILURES_MAX) return one;
        if (error instanceof ProviderFailure || error instanceof ModelRefusal) return { ...one, streams: false };
        throw error;
      },
    });
    return dialect;
  } catch (error) {
    // Says nothing of streams.
    if (error instanceof ProviderPause) return plain;
    throw error;
  }
}

/** Another form of the request may be taken. */
export const isOfForm = (error: unknown): error is ProviderRefusal =>
  error instanceof ProviderRefusal &&
  (error.reason === 'unexplained' || error.reason === 'too-long') &&
  FORM_REFUSED.has(error.facts.status);

type Rungs = {
  ask: (dialect: Dialect) => Promise<ModelReply>;
  /** The dialect to go on with; undefined if the reply will do. */
  afterReply: (dialect: Dialect, reply: ModelReply) => Dialect | undefined;
  /** The dialect to go on with, or throws. */
  afterError: (dialect: Dialect, error: unknown) => Dialect;
};

/** Asks in one dialect after another until a reply will do. */
async function climb(first: Dialect, { ask, afterReply, afterError }: Rungs): Promise<Learned> {
  let dialect = first;
  for (let tried = 1; ; tried++) {
    const isLast = tried === DIALECTS_MAX;
    let next: Dialect | undefined;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one dialect after another
      const reply = await ask(dialect);
      next = isLast ? undefined : afterReply(dialect, reply);
      if (next === undefined) return { dialect, reply };
    } catch (error) {
      if (isLast) throw error;
      next = afterError(dialect, error);
    }
    dialect = next;
  }
}
