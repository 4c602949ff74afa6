import { connect, StorageType } from 'nats';
import { startNats, type Nats } from './nats.ts';
import { freePort } from './ports.ts';
import { until } from './wait.ts';

export type NatsCluster = {
  nodes: Nats[];
  /** Addresses of all nodes, as in NATS_URL. */
  url: string;
  /** The node that leads the stream; undefined while it has no leader. */
  leaderOf(stream: string): Promise<Nats | undefined>;
  /** Resolves once all nodes are there again. */
  complete(): Promise<void>;
  stop(): Promise<void>;
};

const NODES = 3;
const LEADER_WITHIN_MS = 60_000;
/** A request that was sent before there is a leader is never answered. */
const REQUEST_WITHIN_MS = 1_000;

/**
 * Starts three servers on 127.0.0.1 that are one cluster, each with its own store. Not `advertised`: they tell no client of
 * each other, so that clients keep to the proxies that they know.
 */
export async function startNatsCluster({ advertised = true } = {}): Promise<NatsCluster> {
  const routes = await Promise.all(Array.from({ length: NODES }, () => freePort()));
  const nodes = await Promise.all(
    routes.map((own, nth) => {
      const others = routes.filter((port) => port !== own).map((port) => `nats-route://127.0.0.1:${port}`);
      // Nodes that start together dial each other. With pools of routes, nats-server 2.10 may drop too many duplicates, and a
      // node gets no answers from the others.
      const cluster = `cluster { name: test, pool_size: -1, listen: "127.0.0.1:${own}", no_advertise: ${!advertised}, routes: ${JSON.stringify(others)} }`;
      return startNats({ config: [`server_name: n${nth}`, cluster] });
    }),
  );
  const url = nodes.map((node) => node.url).join(',');
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    await isComplete(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    url,
    stop,
    complete: () => isComplete(url),
    async leaderOf(stream) {
      const connection = await connect({ servers: url.split(',') });
      try {
        const jsm = await connection.jetstreamManager({ checkAPI: false });
        const leader = (await jsm.streams.info(stream).catch(() => undefined))?.cluster?.leader;
        return leader === undefined || leader === '' ? undefined : nodes[Number(leader.slice(1))];
      } finally {
        await connection.close();
      }
    },
  };
}

/** Resolves once a stream has three replicas on three nodes that run. */
async function isComplete(url: string): Promise<void> {
  const connection = await connect({ servers: url.split(',') });
  try {
    const jsm = await connection.jetstreamManager({ checkAPI: false, timeout: REQUEST_WITHIN_MS });
    const probe = { name: 'PROBE', subjects: ['probe'], num_replicas: NODES, storage: StorageType.Memory };
    const label = 'the cluster to have a leader';
    await until(() => jsm.streams.add(probe).catch(() => undefined), { timeoutMs: LEADER_WITHIN_MS, label });
    await until(
      async () => {
        const info = await jsm.streams.info(probe.name).catch(() => undefined);
        const others = info?.cluster?.replicas ?? [];
        return others.length === NODES - 1 && others.every(({ current, offline }) => current && !offline);
      },
      { timeoutMs: LEADER_WITHIN_MS, label: 'all nodes to be there' },
    );
    await until(() => jsm.streams.delete(probe.name).catch(() => undefined), { timeoutMs: LEADER_WITHIN_MS, label });
  } finally {
    await connection.close();
  }
}
