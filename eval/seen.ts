import type { ReplyContent } from '../src/consumers/reply.ts';
import type { Sheet } from './sheets.ts';

/**
 * How a sheet ended. `first`, `repair`: the reply that fits. `never`: none did. `refused`: the model or its filter gave no
 * reply. `failed`: the provider failed. `unasked`: the run stopped before.
 */
export type End = 'first' | 'repair' | 'never' | 'refused' | 'failed' | 'unasked';

/** All that the rules go by. */
export type Seen = {
  sheet: Sheet;
  end: End;
  /** Texts of the model's replies, also of those that did not fit. */
  texts: readonly string[];
  /** The reply that fits. */
  reply: ReplyContent | undefined;
};
