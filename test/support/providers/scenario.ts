import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { OutputSchema } from '../sample.ts';

/** The parts of a request that servers look at. */
export type RequestBody = {
  model?: string;
  messages?: readonly { role: string; content: unknown }[];
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  top_p?: number;
  response_format?: { type: string; json_schema?: { name: string; strict?: boolean; schema?: OutputSchema } };
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
};

/** One request, and the means to answer it. */
export type Exchange = {
  readonly body: RequestBody;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly response: ServerResponse;
  /** 1 for the first call. A person's call has its number among the calls for people, a look its number among all calls. */
  readonly number: number;
  /** Milliseconds since the first call of the scenario. */
  readonly ageMs: number;
};

export type Answer = (exchange: Exchange) => void;

/**
 * The right outcome with a provider. A scenario may allow several.
 *
 * - `completes`: each assessment gets its result, by at most two paid calls.
 * - `waits`: no assessment fails, and log or metrics say why.
 * - `refused`: each ends with AI_REFUSED.
 * - `rejected`: each ends with AI_REJECTED, and the log says why.
 * - `unusable`: the replies are of no use and may fail as such, but an operator is told by a warning or a pause.
 */
export type Right = 'completes' | 'waits' | 'refused' | 'rejected' | 'unusable';

export type Scenario = {
  /** The provider, or the server. */
  provider: string;
  /** The answer of the provider, in words. */
  does: string;
  /** Public evidence: `owner/repository#issue`, or an address of documentation. `common`: no single provider. */
  source: string;
  right: readonly [Right, ...Right[]];
  /** A text that an operator must find in log or metrics. Needed if assessments wait or are rejected. */
  clue?: RegExp;
  /** A text in the answers, for a provider that refuses what some people write. */
  note?: string;
  /** Settings of the program. */
  env?: Record<string, string>;
  /** The path of the base URL. @defaultValue /v1 */
  path?: string;
  /** Time in which the assessments complete, or end. @defaultValue 20 s */
  withinMs?: number;
  answer: Answer;
};

export type Scenarios = Readonly<Record<string, Scenario>>;
