/** An HTTP proxy, and the hosts that are asked without it. */
export type Proxy = { url: string; except: string };

/**
 * Reads HTTPS_PROXY and NO_PROXY, of which the names in lower case come first, as for other programs.
 * @returns undefined without a proxy
 */
export function readProxy(given: Record<string, string | undefined>): Proxy | { problem: string } | undefined {
  const text = (given['https_proxy'] ?? given['HTTPS_PROXY'])?.trim();
  if (text === undefined || text === '') return undefined;
  // Others take a host and a port alone, too.
  const parsed = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.hostname === '')
    return { problem: 'HTTPS_PROXY is not the address of an HTTP proxy, such as http://user:password@host:3128' };
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '')
    return { problem: 'HTTPS_PROXY must be scheme, credentials, host and port only' };
  if (![parsed.username, parsed.password].every(isDecodable))
    return { problem: 'HTTPS_PROXY has a % in its credentials that is not followed by two digits: write %25' };
  return { url: parsed.href, except: given['no_proxy'] ?? given['NO_PROXY'] ?? '' };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
