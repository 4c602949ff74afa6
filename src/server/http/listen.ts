import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';

/** Resolves with the port once the server listens. @throws the server's error, such as EADDRINUSE */
export async function listen(server: Server, options: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, resolve);
  });
  return (server.address() as AddressInfo).port;
}
