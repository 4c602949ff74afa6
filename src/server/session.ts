import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RateLimit } from '../assessments/rate-limit.ts';
import type { Session, Sessions } from '../assessments/sessions.ts';
import { RequestError } from '../errors.ts';
import type { ClientAddress } from './address.ts';
import type { Context, SessionTransport } from '../schema/context.ts';

export type SessionEdge = ReturnType<typeof createSessionEdge>;

type Deps = {
  sessions: Sessions;
  secureCookies: boolean;
  addressRate: RateLimit;
  /** Undefined: there are no operators. */
  operatorToken: string | undefined;
  /** Tells sockets here and processes elsewhere that the session has ended. */
  onEnded: (sessionId: string) => void;
};

const BEARER = /^Bearer(?: +(\S+))?$/i;

/** Cookies and bearer tokens on one side, sessions on the other. */
export function createSessionEdge({ sessions, secureCookies, addressRate, operatorToken, onEnded }: Deps) {
  // The prefix makes browsers refuse the cookie from plain HTTP and for other hosts or paths; it needs `Secure`.
  const cookieName = secureCookies ? '__Host-sid' : 'sid';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secureCookies ? '; Secure' : ''}`;
  const setCookie = (session: Session, token: string): string => {
    const seconds = Math.max(0, Math.floor((session.expiresAt.getTime() - Date.now()) / 1000));
    return `${cookieName}=${token}; Max-Age=${seconds}; ${attributes}`;
  };

  return {
    /**
     * A bearer token wins over the cookie, also one that is worth nothing. Other schemes are a proxy's business.
     * `authorization` is the header, or what came with `connection_init`.
     */
    tokenOf(request: IncomingMessage, authorization = request.headers.authorization): string | undefined {
      const bearer = BEARER.exec(authorization?.trim() ?? '');
      return bearer === null ? cookieOf(request.headers.cookie, cookieName) : bearer[1];
    },

    /** The part of an operation's context that is about sessions, for an HTTP request. */
    forRequest(
      request: IncomingMessage,
      addressOf: ClientAddress,
      respond: (setCookie: string) => void,
    ): Pick<Context, 'session' | 'requireSession' | 'requireOperator' | 'startSession' | 'endSession'> {
      let known: Promise<Session | undefined> | undefined;
      const current = (): Promise<Session | undefined> => {
        const token = this.tokenOf(request);
        known ??= token === undefined ? Promise.resolve(undefined) : sessions.authenticate(token);
        return known;
      };
      const start = async (transport: SessionTransport) => {
        const existing = transport === 'cookie' ? await current() : undefined;
        if (existing !== undefined) return { session: existing, token: null };
        const retryAfterSeconds = addressRate(addressOf(request));
        if (retryAfterSeconds !== undefined)
          throw new RequestError('RATE_LIMITED', `Too many new sessions. Try again in ${retryAfterSeconds} s.`, {
            retryAfterSeconds,
          });
        const { session, token } = await sessions.start();
        if (transport === 'bearer') return { session, token };
        // What follows in the same operation already acts in the new session.
        known = Promise.resolve(session);
        respond(setCookie(session, token));
        return { session, token: null };
      };
      return {
        session: async () => (await current()) ?? null,
        requireSession: async () => required(await current()),
        requireOperator: () => {
          const token = this.tokenOf(request);
          if (operatorToken === undefined || token === undefined || !isSame(token, operatorToken)) throw NO_OPERATOR;
        },
        startSession: start,
        async endSession() {
          const session = await current();
          if (session === undefined) return false;
          await sessions.end(session.id);
          known = Promise.resolve(undefined);
          // A bearer's end leaves the browser the session that it has by cookie.
          if (!BEARER.test(request.headers.authorization?.trim() ?? ''))
            respond(`${cookieName}=; Max-Age=0; ${attributes}`);
          onEnded(session.id);
          return true;
        },
      };
    },
  };
}

export const NO_OPERATOR = new RequestError(
  'FORBIDDEN',
  'This is for operators: send "Authorization: Bearer" with the token in OPERATOR_TOKEN.',
);

/** In the same time whatever differs, so that nothing can be learnt from it. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @throws RequestError (UNAUTHENTICATED) */
export function required(session: Session | undefined): Session {
  if (session !== undefined) return session;
  throw new RequestError(
    'UNAUTHENTICATED',
    'There is no session, or it has ended. Start one with the mutation "startSession" or POST /api/session.',
  );
}

/** The first cookie of that name. */
function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
