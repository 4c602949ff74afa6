import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Network, NetworkLimit } from '../../assessments/networks.ts';
import { overRate, takeFromAll } from '../../assessments/rates.ts';
import { RequestError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { bearerOf } from './bearer.ts';

/** Requests with a wrong operator's token that one address may send in a minute. */
export const WRONG_TOKENS_PER_MINUTE = 10;

type Deps = {
  /** Token by name. Empty: all requests of operators are refused. */
  tokens: ReadonlyMap<string, string>;
  wrongTokenRate: NetworkLimit;
  log: Log;
};

/** The client of a request, for the log and for limits. */
type Client = { networks: readonly Network[]; requestId: string };

/** @returns the operator's name. @throws RequestError (FORBIDDEN, RATE_LIMITED) */
export type RequireOperator = (request: IncomingMessage, client: Client) => string;

/** Operators by the `Authorization` header alone: browsers add cookies also to requests from other pages. */
export function operatorsBy({ tokens, wrongTokenRate, log }: Deps): RequireOperator {
  return (request, { networks, requestId }) => {
    const token = bearerOf(request.headers.authorization)?.token;
    if (token === undefined) throw NO_OPERATOR;
    // All tokens are compared, so that response times do not tell which one is close.
    const [name] = [...tokens].filter(([, own]) => isSame(token, own)).map(([each]) => each);
    // Before the limit: nobody can lock operators out who share an address with them. Guessing is hopeless anyway.
    if (name !== undefined) return name;
    const retryAfterSeconds = takeFromAll(wrongTokenRate(networks));
    if (retryAfterSeconds !== undefined) throw overRate(TOO_MANY_WRONG_TOKENS, retryAfterSeconds);
    log.warn({ requestId }, 'a token was refused that is none of OPERATOR_TOKENS');
    throw NO_OPERATOR;
  };
}

export const NO_OPERATOR = new RequestError(
  'FORBIDDEN',
  'This is for operators: send "Authorization: Bearer" with one of the tokens in OPERATOR_TOKENS.',
);

const TOO_MANY_WRONG_TOKENS = "Too many wrong operator's tokens came from this address.";

/** In constant time, so that response times reveal nothing about the token. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
