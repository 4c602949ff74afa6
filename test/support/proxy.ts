import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { freePort } from './ports.ts';
import { ProxiedConnection, type ProxyMode } from './proxied-connection.ts';

export type { ProxyMode } from './proxied-connection.ts';

export type Proxy = {
  readonly port: number;
  readonly mode: ProxyMode;
  /** Changes the mode, also of open connections. Resolves when it is in force. */
  setMode(mode: ProxyMode): Promise<void>;
  /** Cuts every connection, and connects new ones with another target, as an address that moves to another server. */
  moveTo(target: number | string): void;
  /** Number of open connections, as the client sees them. */
  readonly connections: number;
  /** Number of connections accepted so far. */
  readonly accepted: number;
  close(): Promise<void>;
};

/** One or several proxies that are broken together. */
export type Links = Pick<Proxy, 'setMode' | 'close'>;

export const together = (proxies: readonly Proxy[]): Links => ({
  setMode: async (mode) => void (await Promise.all(proxies.map((proxy) => proxy.setMode(mode)))),
  close: async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))),
});

/** A TCP proxy on 127.0.0.1 that causes network faults; `target` is a port there, or a URL with one. */
export async function startProxy(target: number | string): Promise<Proxy> {
  let targetPort = portOf(target);
  const port = await freePort();
  const proxied = new Set<ProxiedConnection>();
  let mode: ProxyMode = 'pass';
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted += 1;
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const connection = new ProxiedConnection(client, upstream, () => void setMode('pass'));
    proxied.add(connection);
    client.once('close', () => proxied.delete(connection));
    connection.apply(mode);
  });

  async function setMode(next: ProxyMode): Promise<void> {
    mode = next;
    if (next === 'down') return stopListening();
    for (const connection of proxied) connection.apply(next);
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
    for (const connection of proxied) connection.end();
    await closed;
  }

  await listen();
  return {
    port,
    get mode() {
      return mode;
    },
    setMode,
    moveTo(next) {
      targetPort = portOf(next);
      for (const connection of proxied) connection.end();
    },
    get connections() {
      return proxied.size;
    },
    get accepted() {
      return accepted;
    },
    close: stopListening,
  };
}

const portOf = (target: number | string): number =>
  typeof target === 'number' ? target : Number(new URL(target).port);
