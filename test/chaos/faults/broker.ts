import type { Fleet } from '../../faults/fleet.ts';
import { limitWorkStream } from '../../faults/sabotage.ts';
import type { Nats } from '../../support/nats.ts';
import type { ProxyMode } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { nameOf, type Fault } from './fault.ts';

const all = (nodes: readonly Nats[], act: (node: Nats) => Promise<void>): Promise<unknown> =>
  Promise.all(nodes.map((node) => act(node)));

export const brokerKilled = ({ nodes }: Fleet, lastsMs: number): Fault => ({
  kind: 'broker killed',
  begin: () => all(nodes, (node) => node.kill()),
  end: () => all(nodes, (node) => node.restart()),
  lastsMs,
});

export const brokerFrozen = ({ nodes }: Fleet, lastsMs: number): Fault => ({
  kind: 'broker frozen',
  begin: () => all(nodes, (node) => node.pause()),
  end: () => all(nodes, async (node) => node.resume()),
  lastsMs,
});

export const brokerWiped = ({ nodes }: Fleet): Fault => ({
  kind: 'broker wiped',
  // First all of them: a node that runs would give its streams to an empty one.
  begin: () => all(nodes, (node) => node.kill()),
  end: () => all(nodes, (node) => node.wipe()),
  lastsMs: 0,
});

type ChooseNode = () => Promise<Nats>;

export const drawn =
  (node: Nats): ChooseNode =>
  async () =>
    node;

export function nodeKilled(which: string, choose: ChooseNode, lastsMs: number): Fault {
  let node: Nats | undefined;
  return {
    kind: `${which} killed`,
    begin: async () => (node = await choose()).kill(),
    end: async () => node?.restart(),
    lastsMs,
  };
}

export function nodeFrozen(which: string, choose: ChooseNode, lastsMs: number): Fault {
  let node: Nats | undefined;
  return {
    kind: `${which} frozen`,
    begin: async () => (node = await choose()).pause(),
    end: async () => node?.resume(),
    lastsMs,
  };
}

/** The node that leads the work stream. */
export const leaderOf = ({ cluster, world }: Fleet): Promise<Nats> =>
  until(() => cluster?.leaderOf(world.wire.workStream), { label: 'a leader of the work stream', timeoutMs: 60_000 });

/** It refuses every message, and has its room again. */
export function workStreamFull({ world }: Fleet, lastsMs: number): Fault {
  const limit = (bytes: number): Promise<number> =>
    until(() => limitWorkStream(world, bytes).catch(() => undefined), {
      label: 'the work stream to be limited',
      timeoutMs: 60_000,
    });
  let before = 0;
  return {
    kind: 'work stream full',
    begin: async () => (before = await limit(1)),
    end: () => limit(before),
    lastsMs,
  };
}

export const brokerLink = ({ toNats }: Fleet, mode: ProxyMode, lastsMs: number): Fault => ({
  kind: `broker link ${nameOf(mode)}`,
  begin: () => toNats.setMode(mode),
  end: () => toNats.setMode('pass'),
  lastsMs,
});
