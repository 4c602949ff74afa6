import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export type ConnectProxy = {
  readonly port: number;
  /** The requests to connect, with the header `Proxy-Authorization`. */
  readonly asked: { target: string | undefined; authorization: string | undefined }[];
  /** Whether it connects. Otherwise it refuses with 407. @defaultValue true */
  allows: boolean;
  close(): Promise<void>;
};

/** An HTTP proxy on 127.0.0.1 that connects clients with any target by CONNECT. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  const proxy: ConnectProxy = {
    get port() {
      return (server.address() as AddressInfo).port;
    },
    asked: [],
    allows: true,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('connect', ({ url, headers }, client: Socket) => {
    proxy.asked.push({ target: url, authorization: headers['proxy-authorization'] });
    if (!proxy.allows) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    keep(upstream);
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return proxy;
}
