import {
  createLive,
  type Live,
  type LiveAssessment,
  type LiveError,
  type LiveOptions,
} from '../../../web/src/live/index.ts';
import { startProxy, type Proxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { FakeEnvironment } from './fake-environment.ts';
import { ScriptedServer, type Feed } from './scripted-server.ts';

export type Shown = LiveAssessment & { draft?: string | null };

export const UPDATED =
  'subscription ($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { id version status draft } } }';
export const FINISHED = `subscription ($after: String) { assessmentFinished(after: $after) {
  cursor assessment { id version status } } }`;

/** The calls of a listener of one assessment, in their order. */
export type Log = { updates: Shown[]; ends: Shown[]; errors: LiveError[]; stop: () => void };

/** A page with a live client, and the server that it talks to. */
export class Visit {
  static async start(options: Partial<LiveOptions> = {}): Promise<Visit> {
    return new Visit(await ScriptedServer.start(), options);
  }

  readonly server: ScriptedServer;
  readonly environment = new FakeEnvironment();
  readonly live: Live;
  /** The states of the client, in their order. */
  readonly states: string[] = [];

  constructor(server: ScriptedServer, options: Partial<LiveOptions>) {
    this.server = server;
    this.live = createLive({ url: server.url, environment: this.environment, ...options });
    this.live.status.subscribe(() => this.states.push(this.live.status.get().state));
  }

  follow(id = 'a'): Log {
    const log: Log = { updates: [], ends: [], errors: [], stop: () => {} };
    log.stop = this.live.follow<Shown>(id, {
      document: UPDATED,
      onUpdate: (assessment) => log.updates.push(assessment),
      onEnd: (assessment) => log.ends.push(assessment),
      onError: (error) => log.errors.push(error),
    });
    return log;
  }

  /** Waits for the subscription with that number, from 1, to reach the server. */
  feed(place: number): Promise<Feed> {
    return until(() => this.server.feeds[place - 1], { label: `subscription ${place}` });
  }

  async state(state: string): Promise<void> {
    await until(() => this.live.status.get().state === state, { label: `the client to be ${state}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.live.close();
    await this.server.stop();
  }
}

export const assessment = (version: number, status: string, draft: string | null = null, id = 'a'): Shown => ({
  id,
  version,
  status,
  draft,
});

/** A network between the page and the server that can fail. */
export const startWebProxy = async (server: ScriptedServer): Promise<Proxy & AsyncDisposable & { url: string }> => {
  const proxy = await startProxy(server.port);
  return Object.assign(proxy, {
    url: `ws://127.0.0.1:${proxy.port}/graphql`,
    [Symbol.asyncDispose]: () => proxy.close(),
  });
};
