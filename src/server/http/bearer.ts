/** Only spaces and tabs count as white space in a header. */
const BEARER = /^[ \t]*Bearer(?:[ \t]+([^ \t]+))?[ \t]*$/i;

/** The credentials of an `Authorization` header with the scheme Bearer, whose token may be missing; undefined for others. */
export function bearerOf(authorization = ''): { token: string | undefined } | undefined {
  const match = BEARER.exec(authorization);
  return match === null ? undefined : { token: match[1] };
}
