import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientWith, socketUrl, type Client } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';

const SOCKETS = 5_000;
const FINISHED = `subscription Finished($after: String) { assessmentFinished(after: $after) {
  assessment { id } } }`;

/** Opens a socket and subscribes; resolves with the first event. */
function subscribe({ url, cookie }: Client, after: string): Promise<{ ws: WebSocket; event: unknown }> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(socketUrl(url), 'graphql-transport-ws', { headers: { cookie } });
    ws.once('error', reject);
    ws.once('open', () => ws.send('{"type":"connection_init"}'));
    ws.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString());
      if (type === 'connection_ack')
        ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: FINISHED, variables: { after } } }));
      if (type === 'next') resolve({ ws, event: payload.data.assessmentFinished });
    });
  });
}

test(
  'F60: 5,000 browsers that reconnect at the same moment all get their missed end within 30 s',
  { timeout: 300_000 },
  async () => {
    await using fleet = await Fleet.start({ apis: 1, workers: 1 });
    const visitor = await fleet.visitor();
    const client = clientWith(fleet.api.url, visitor.cookie);
    const { data } = await client.graphql('{ session { cursor } }');
    const [id] = await fleet.submitMany(visitor, 1);
    await fleet.allEnded();
    const storm = async (): Promise<WebSocket[]> => {
      const opened = await Promise.all(Array.from({ length: SOCKETS }, () => subscribe(client, data.session.cursor)));
      for (const { event } of opened) expect(event).toEqual({ assessment: { id } });
      return opened.map(({ ws }) => ws);
    };
    const first = await storm();
    expect(await fleet.api.metric('assay_sockets_open')).toBeGreaterThanOrEqual(SOCKETS);
    for (const ws of first) ws.terminate();

    const other = await fleet.visitor();
    const waits: number[] = [];
    let over = false;
    const submits = (async () => {
      while (!over) {
        const { ms } = await other.submit();
        waits.push(ms ?? Number.NaN);
      }
    })();
    const startedAt = performance.now();
    const back = storm();
    let seconds = Number.NaN;
    void back.then(() => (seconds = (performance.now() - startedAt) / 1_000));
    await until(() => !Number.isNaN(seconds), { label: 'all to have the end', timeoutMs: 30_000 });
    over = true;
    await submits;
    waits.sort((a, b) => a - b);
    const p99 = waits[Math.floor(waits.length * 0.99)];
    console.log(
      JSON.stringify({
        measured: 'sockets that come back at once',
        sockets: SOCKETS,
        seconds,
        submits: waits.length,
        submitP99Ms: p99,
        submitMaxMs: waits.at(-1),
      }),
    );
    for (const ws of await back) ws.terminate();
    await until(async () => (await fleet.api.metric('assay_sockets_open')) < 10, { label: 'sockets to be gone' });
  },
);
