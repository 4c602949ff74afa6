import { WebSocket } from 'ws';
import { socketUrl } from '../support/client.ts';
import { refusalOf } from './requests.ts';

/** The status of an upgrade, with the code of a refusal. */
export function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; code?: string }> {
  const socket = new WebSocket(socketUrl(url), 'graphql-transport-ws', { headers });
  return new Promise((resolve, reject) => {
    socket.on('upgrade', () => resolve({ status: 101 }));
    socket.on('open', () => socket.close());
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      response.toArray().then(
        (chunks: Buffer[]) => {
          const status = response.statusCode ?? 0;
          const { code } = refusalOf({ status, headers: new Headers(), text: Buffer.concat(chunks).toString() });
          resolve({ status, code });
        },
        (error: unknown) => reject(error),
      );
    });
  });
}
