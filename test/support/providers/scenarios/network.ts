import { gzipSync } from 'node:zlib';
import type { Scenarios } from '../scenario.ts';
import { answer, byKind, completion, firstThen, json, raw } from '../shapes.ts';

const page = (title: string): string => `<!doctype html><html><head><title>${title}</title></head><body></body></html>`;

const NO_COMPLETION = /\b200\b|html|JSON|content.type|no (chat )?completion|choices/i;

/** Proxies, firewalls and wrong addresses. */
export const network: Scenarios = {
  gzip: {
    provider: 'a proxy',
    does: 'a compressed reply although none was asked for',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3',
    right: ['completes', 'waits'],
    clue: /gzip|encoding/i,
    answer: byKind(answer(), (exchange) =>
      raw(200, 'application/json', gzipSync(JSON.stringify(completion(exchange))), { 'content-encoding': 'gzip' })(
        exchange,
      ),
    ),
  },
  'html-200': {
    provider: 'a page to sign in',
    does: '200 with HTML',
    source: 'common',
    right: ['waits'],
    clue: NO_COMPLETION,
    answer: raw(200, 'text/html', page('Sign in')),
  },
  'empty-200': {
    provider: 'a proxy',
    does: '200 without a body',
    source: 'common',
    right: ['waits'],
    clue: NO_COMPLETION,
    answer: raw(200, 'application/json', ''),
  },
  'detail-200': {
    provider: 'servers on FastAPI behind a proxy',
    does: '200 with {"detail": …}',
    source: 'https://fastapi.tiangolo.com/tutorial/handling-errors/',
    right: ['waits'],
    clue: NO_COMPLETION,
    answer: json(200, { detail: 'Not Found' }),
  },
  redirect: {
    provider: 'a wrong address',
    does: '308 to another host',
    source: 'common',
    right: ['waits'],
    clue: /\b308\b|redirect/i,
    answer: raw(308, 'text/plain', '', { location: 'https://example.invalid/v1/chat/completions' }),
  },
  'http-405': {
    provider: 'a web site',
    does: '405',
    source: 'common',
    right: ['waits'],
    clue: /\b405\b/,
    env: { MAX_ATTEMPTS: '1' },
    answer: json(405, { detail: 'Method Not Allowed' }),
  },
  'nginx-413': {
    provider: 'nginx before a server of one’s own',
    does: '413 in HTML for every prompt',
    source:
      'openresty/lua-resty-upload#27, https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size',
    right: ['rejected', 'waits'],
    clue: /\b413\b/,
    answer: raw(413, 'text/html', page('413 Request Entity Too Large')),
  },
  'http-499': {
    provider: 'a proxy that gave up',
    does: '499 once',
    source: 'https://nginx.org/en/docs/dev/development_guide.html',
    right: ['completes'],
    answer: firstThen(json(499, { error: { message: 'Client Closed Request', code: 499 } }), answer()),
  },
  'cloudflare-520': {
    provider: 'Cloudflare before a provider',
    does: '520 in HTML, once',
    source: 'anthropics/claude-code#3197',
    right: ['completes'],
    answer: firstThen(raw(520, 'text/html', page('520: Web server is returning an unknown error')), answer()),
  },
  'cloudflare-524': {
    provider: 'Cloudflare before a provider',
    does: '524 in HTML, twice: the provider took longer than 100 s',
    source: 'anthropics/claude-code#16737, ollama/ollama#3694',
    right: ['completes'],
    answer: firstThen(raw(524, 'text/html', page('524: A timeout occurred')), answer(), 2),
  },
};
