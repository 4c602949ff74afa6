import './interpreted-schemas.ts';
import { z } from 'zod';

/** Sent in a header as it is, without white space around it: a file with a secret often ends with a line break. */
export const headerValue = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII characters, without white space in between');

/** Sent in JSON, stored with each result and shown to people. */
export const modelName = z
  .string()
  .trim()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, 'must be 1 to 200 characters, none of them a control character');

export const baseUrl = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue(problem);
  });

function problemOf(text: string): string | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.hostname === '')
    return 'is not a URL that starts with http:// or https://';
  if (parsed.username !== '' || parsed.password !== '')
    return 'must not carry credentials: they belong in OPENAI_API_KEY';
  // A parser of URLs drops line breaks, and the path of a call would become part of the fragment.
  if (/[\s\p{C}#]/u.test(text)) return 'must have no white space, no control characters and no fragment (#)';
  return undefined;
}

/** Headers of the request itself or of its connection: another value would be overwritten, or break the call. */
const OWN_HEADERS =
  /^(accept|accept-encoding|connection|content-.*|expect|host|idempotency-key|keep-alive|te|trailer|transfer-encoding|upgrade)$/;

const HEADER_LINE = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/;

/** Lines of `name: value`. The names of the result are in lower case. */
export const headerLines = z.string().transform((text, context): Record<string, string> => {
  const headers = new Map<string, string>();
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
    const [, given, value] = HEADER_LINE.exec(line.trim()) ?? [];
    const name = given?.toLowerCase();
    if (name === undefined || value === undefined)
      context.addIssue('must be lines of "name: value" in printable ASCII');
    else if (OWN_HEADERS.test(name)) context.addIssue(`must not have ${name}, which the program sets itself`);
    else if (headers.has(name)) context.addIssue(`must have ${name} once`);
    else headers.set(name, value);
  }
  return Object.fromEntries(headers);
});
