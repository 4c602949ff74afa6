import { setTimeout as pause } from 'node:timers/promises';
import { fewAtATime } from '../../test/support/few-at-a-time.ts';
import { Client } from '../client.ts';
import { Tally } from '../counts.ts';
import { startFleet } from '../fleet.ts';
import { figure, type Scenario } from '../scenario.ts';
import { Socket, type SocketEvents } from '../socket.ts';
import { residentKb } from '../usage.ts';
import { untilAll } from '../visitors.ts';

const SUBMITS_IN_FLIGHT = 32;
const CONNECTS_IN_FLIGHT = 50;
/** Time for subscriptions to be open and for garbage of the connects to be collected. */
const SETTLE_MS = 3_000;

type Waiting = { token: string; id: string };

/** Many subscribers, each with a session, a socket and an assessment. The model holds its replies meanwhile. */
export const idle: Scenario = {
  name: 'idle',
  about: 'memory of the api for each socket that waits, and the time to push to all',
  byDefault: true,
  conditions: ({ sockets }) => `${sockets} sockets with one subscription to a pending assessment each, model 0 ms`,
  async run(bench) {
    const { sockets: count, warmUp, keys } = bench.options;
    await using fleet = await startFleet(bench);
    await fleet.model.hold();
    const tally = new Tally();
    const waiting = await submitAll(count, new Client(fleet.api.url, tally, keys));
    // A new process: free heap after the submits would take in many sockets, which would seem to cost nothing.
    await fleet.replaceApi();
    const { url, pid } = fleet.api;
    let lastPushAt = 0;
    const events: SocketEvents = {
      onPush: (id, at) => {
        tally.pushed(id);
        lastPushAt = at;
      },
      onTrouble: (reason) => tally.refused(reason),
    };
    for (const socket of await connectAll(waiting.slice(0, warmUp), url, events)) socket.close();
    await pause(SETTLE_MS);
    const before = residentKb(pid());
    const from = performance.now();
    const sockets = await connectAll(waiting, url, events);
    const connectMs = performance.now() - from;
    try {
      await pause(SETTLE_MS);
      const after = residentKb(pid());
      const released = performance.now();
      await fleet.model.release();
      await untilAll(tally);
      const each = before === undefined || after === undefined ? undefined : (after - before) / count;
      return {
        figures: [
          figure('residentKbPerSubscription', 'KB of RSS per subscription', each),
          figure('connectSeconds', 'seconds to connect all', connectMs / 1000),
          figure('pushAllSeconds', 'seconds to push to all', (lastPushAt - released) / 1000),
        ],
        faults: tally.faults(await fleet.model.paidTwice()),
        reasons: tally.reasons,
      };
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
};

async function submitAll(count: number, client: Client): Promise<Waiting[]> {
  const waiting: Waiting[] = [];
  try {
    await fewAtATime(SUBMITS_IN_FLIGHT, Array(count).keys(), async () => {
      const token = await client.startSession();
      const id = await client.submit(token);
      if (id !== undefined) waiting.push({ token, id });
    });
  } finally {
    await client.close();
  }
  return waiting;
}

async function connectAll(waiting: readonly Waiting[], url: string, events: SocketEvents): Promise<Socket[]> {
  const sockets: Socket[] = [];
  await fewAtATime(CONNECTS_IN_FLIGHT, waiting, async ({ token, id }) => {
    const socket = await Socket.open(url, token, events);
    socket.subscribe(id);
    sockets.push(socket);
  });
  return sockets;
}
