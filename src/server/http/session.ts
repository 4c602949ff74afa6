import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Network, NetworkLimit } from '../../assessments/networks.ts';
import { takeFromAll } from '../../assessments/rates.ts';
import type { Session, Sessions } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import type { SessionTransport } from '../../schema/context.ts';
import { cookieValue } from './cookie.ts';

export type SessionEdge = ReturnType<typeof createSessionEdge>;

type Deps = {
  sessions: Sessions;
  secureCookies: boolean;
  sessionRate: NetworkLimit;
  /** Undefined: there are no operators. */
  operatorToken: string | undefined;
  /** Tells sockets here and processes elsewhere that the session has ended. */
  onEnded: (sessionId: string) => void;
};

/** Only spaces and tabs count as white space in a header. */
const BEARER = /^[ \t]*Bearer(?:[ \t]+([^ \t]+))?[ \t]*$/i;

/** Cookies and bearer tokens on one side, sessions on the other. */
export function createSessionEdge({ sessions, secureCookies, sessionRate, operatorToken, onEnded }: Deps) {
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
      const bearer = BEARER.exec(authorization ?? '');
      return bearer === null ? cookieValue(request.headers.cookie, cookieName) : bearer[1];
    },

    /** @throws UnavailableError */
    sessionOf(request: IncomingMessage): Promise<Session | undefined> {
      const token = this.tokenOf(request);
      return token === undefined ? Promise.resolve(undefined) : sessions.authenticate(token);
    },

    /**
     * A new session with its token, and for a browser the cookie instead.
     * @throws RequestError (RATE_LIMITED), UnavailableError
     */
    async start(transport: SessionTransport, networks: readonly Network[]): Promise<Started> {
      const retryAfterSeconds = takeFromAll(sessionRate(networks));
      if (retryAfterSeconds !== undefined)
        throw new RequestError('RATE_LIMITED', `Too many new sessions. Try again in ${retryAfterSeconds} s.`, {
          retryAfterSeconds,
        });
      const { session, token } = await sessions.start();
      if (transport === 'bearer') return { session, token };
      return { session, token: null, cookie: setCookie(session, token) };
    },

    /** Returns the cookie that takes the session from the browser; a bearer's end leaves it the one that it has by cookie. */
    async end(session: Session, request: IncomingMessage): Promise<string | undefined> {
      await sessions.end(session.id);
      onEnded(session.id);
      const isBearer = BEARER.test(request.headers.authorization ?? '');
      return isBearer ? undefined : `${cookieName}=; Max-Age=0; ${attributes}`;
    },

    /**
     * By the `Authorization` header alone: a browser sends a cookie along with requests that another page makes.
     * @throws RequestError (FORBIDDEN)
     */
    requireOperator(request: IncomingMessage): void {
      const token = BEARER.exec(request.headers.authorization?.trim() ?? '')?.[1];
      if (operatorToken === undefined || token === undefined || !isSame(token, operatorToken)) throw NO_OPERATOR;
    },
  };
}

type Started = { session: Session; token: string | null; cookie?: string };

export const NO_OPERATOR = new RequestError(
  'FORBIDDEN',
  'This is for operators: send "Authorization: Bearer" with the token in OPERATOR_TOKEN.',
);

/** In the same time whatever differs, so that nothing can be learnt from it. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
