import type { IncomingMessage } from 'node:http';
import type { Network, NetworkLimit } from '../../assessments/networks.ts';
import { overRate, takeFromAll } from '../../assessments/rates.ts';
import type { Session, Sessions } from '../../assessments/sessions.ts';
import type { SessionEnd, SessionTransport } from '../../schema/context.ts';
import { bearerOf } from './bearer.ts';
import { cookieValue } from './cookie.ts';

export type Credentials = ReturnType<typeof createCredentials>;

type Deps = {
  sessions: Sessions;
  secureCookies: boolean;
  sessionRate: NetworkLimit;
  /** Closes the session's channels, in this process and the others. */
  onEnded: (sessionId: string) => void;
};

/** Finds, starts and ends sessions by the cookies and bearer tokens of requests. */
export function createCredentials({ sessions, secureCookies, sessionRate, onEnded }: Deps) {
  // With the prefix `__Host-`, browsers refuse the cookie from plain HTTP and for other hosts or paths. It needs `Secure`.
  const cookieName = secureCookies ? '__Host-sid' : 'sid';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secureCookies ? '; Secure' : ''}`;
  const setCookie = (session: Session, token: string): string => {
    const seconds = Math.max(0, Math.floor((session.expiresAt.getTime() - Date.now()) / 1000));
    return `${cookieName}=${token}; Max-Age=${seconds}; ${attributes}`;
  };

  return {
    /**
     * A bearer token wins over the cookie, even if it is invalid. Other schemes are ignored: they belong to a proxy.
     * @param authorization the header, or the value in `connection_init`
     */
    tokenOf(request: IncomingMessage, authorization = request.headers.authorization): string | undefined {
      const bearer = bearerOf(authorization);
      return bearer === undefined ? cookieValue(request.headers.cookie, cookieName) : bearer.token;
    },

    /** @throws UnavailableError */
    sessionOf(request: IncomingMessage): Promise<Session | undefined> {
      const token = this.tokenOf(request);
      return token === undefined ? Promise.resolve(undefined) : sessions.authenticate(token);
    },

    /**
     * Makes the session of the request last longer, if that is due. A session by cookie gets a new `cookie`.
     * @throws UnavailableError
     */
    async renew(
      session: Session,
      request: IncomingMessage,
    ): Promise<{ session: Session; cookie?: string } | undefined> {
      const renewed = await sessions.renew(session);
      if (renewed === undefined) return undefined;
      const token = cookieValue(request.headers.cookie, cookieName);
      const isBearer = bearerOf(request.headers.authorization) !== undefined;
      return isBearer || token === undefined
        ? { session: renewed }
        : { session: renewed, cookie: setCookie(renewed, token) };
    },

    /**
     * Starts a session. For the transport "cookie" the token is null, and `cookie` is the `Set-Cookie`.
     * @throws RequestError (RATE_LIMITED), UnavailableError
     */
    async start(transport: SessionTransport, networks: readonly Network[]): Promise<Started> {
      const retryAfterSeconds = takeFromAll(sessionRate(networks));
      if (retryAfterSeconds !== undefined) throw overRate('Too many new sessions.', retryAfterSeconds);
      const { session, token } = await sessions.start();
      if (transport === 'bearer') return { session, token };
      return { session, token: null, cookie: setCookie(session, token) };
    },

    /**
     * Ends the session, or leaves nothing of it.
     * @returns the `Set-Cookie` that deletes the cookie; undefined for a bearer token, since a cookie has another session
     */
    async end(session: Session, request: IncomingMessage, how: SessionEnd): Promise<string | undefined> {
      await (how === 'end' ? sessions.end(session.id) : sessions.remove(session.id));
      onEnded(session.id);
      const isBearer = bearerOf(request.headers.authorization) !== undefined;
      return isBearer ? undefined : `${cookieName}=; Max-Age=0; ${attributes}`;
    },
  };
}

type Started = { session: Session; token: string | null; cookie?: string };
