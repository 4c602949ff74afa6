import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { freePort } from './ports.ts';
import { Link, type ProxyMode } from './proxy-link.ts';

export type { ProxyMode } from './proxy-link.ts';

export type Proxy = {
  readonly port: number;
  readonly mode: ProxyMode;
  /** Applies to the open connections too. Resolves when it holds. */
  setMode(mode: ProxyMode): Promise<void>;
  /** The open ones, as the client sees it. */
  readonly connections: number;
  /** All that have ever been accepted. */
  readonly accepted: number;
  close(): Promise<void>;
};

/** A TCP proxy on 127.0.0.1 that makes the faults of a network; `target` is a port there, or a URL with one. */
export async function startProxy(target: number | string): Promise<Proxy> {
  const targetPort = typeof target === 'number' ? target : Number(new URL(target).port);
  const port = await freePort();
  const links = new Set<Link>();
  let mode: ProxyMode = 'pass';
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted += 1;
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const link = new Link(client, upstream, () => void setMode('pass'));
    links.add(link);
    client.once('close', () => links.delete(link));
    link.apply(mode);
  });

  async function setMode(next: ProxyMode): Promise<void> {
    mode = next;
    if (next === 'down') return stopListening();
    for (const link of links) link.apply(next);
    if (!server.listening) await listen();
  }

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const link of links) link.end();
    await closed;
  }

  await listen();
  return {
    port,
    get mode() {
      return mode;
    },
    setMode,
    get connections() {
      return links.size;
    },
    get accepted() {
      return accepted;
    },
    close: stopListening,
  };
}
