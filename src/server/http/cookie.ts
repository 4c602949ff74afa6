/**
 * The value of a cookie by RFC 6265, 5.4: the exact name, with only spaces and tabs around the pair. Undefined also if the
 * name comes twice with different values: another host of the same domain may have set one of them.
 */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const values = new Set<string>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at !== -1 && trimBlanks(pair.slice(0, at)) === name) values.add(trimBlanks(pair.slice(at + 1)));
  }
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

/** Not `trim()`: it also removes no-break spaces, which are part of a name. */
const trimBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');
