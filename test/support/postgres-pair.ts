import { startPostgres, withClient, type Postgres, type PostgresOptions } from './postgres.ts';
import { startProxy, together, type Links, type Proxy } from './proxy.ts';
import { until } from './wait.ts';

const CAUGHT_UP_WITHIN_MS = 30_000;

/**
 * A primary and its synchronous standby, so that a fail-over loses nothing that was confirmed. Each is behind an address of
 * its own, which a server keeps for life; the server that replaces it gets the same address.
 */
export class PostgresPair {
  primary: Postgres;
  /** Undefined from a fail-over until `renewStandby`. */
  standby: Postgres | undefined;
  /** Both addresses, to be broken together. */
  readonly links: Links;
  readonly #ports: readonly number[];
  #primaryAddress: Proxy;
  #standbyAddress: Proxy;
  /** Always leads to the primary, and is never broken. */
  readonly #toPrimary: Proxy;

  private constructor(primary: Postgres, [toPrimary, first, second]: [Proxy, Proxy, Proxy]) {
    this.primary = primary;
    this.#toPrimary = toPrimary;
    this.#primaryAddress = first;
    this.#standbyAddress = second;
    this.#ports = [first.port, second.port];
    this.links = together([first, second]);
  }

  static async start(options?: PostgresOptions): Promise<PostgresPair> {
    const primary = await startPostgres(options);
    const { port } = primary;
    const pair = new PostgresPair(primary, await Promise.all([startProxy(port), startProxy(port), startProxy(port)]));
    await pair.renewStandby();
    return pair;
  }

  /** The primary's, for a client that knows one server. */
  get url(): string {
    return urlOf(String(this.#toPrimary.port));
  }

  /** As in DATABASE_URL. */
  get bothUrl(): string {
    return `${urlOf(this.#ports.join(',127.0.0.1:'))}?target_session_attrs=read-write`;
  }

  /** Kills the primary and promotes its standby, which confirms by itself until it has a standby, too. */
  async failOver(): Promise<void> {
    const { primary: lost, standby } = this;
    if (standby === undefined) throw new Error('there is no standby to promote');
    await lost.stopServer('kill');
    standby.resume(); // it may be frozen
    await standby.promote();
    this.#toPrimary.moveTo(standby.port);
    [this.#primaryAddress, this.#standbyAddress] = [this.#standbyAddress, this.#primaryAddress];
    this.primary = standby;
    this.standby = undefined;
    await lost.stop();
  }

  /** Makes a new standby of the primary, at the address of the lost server. Resolves when the primary waits for it. */
  async renewStandby(): Promise<void> {
    const { primary } = this;
    const standby = await primary.startStandby(primary.port);
    this.standby = standby;
    this.#standbyAddress.moveTo(standby.port);
    await withClient(primary.url, async (client) => {
      // After the copy, so that the standby does not wait for one of its own when it is promoted.
      await client.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
      await client.query('SELECT pg_reload_conf()');
      await until(
        async () => {
          const { rows } = await client.query(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
          return rows.length === 1;
        },
        { label: 'the standby to be synchronous', timeoutMs: CAUGHT_UP_WITHIN_MS },
      );
      // Its commit waits until the standby has everything that came before.
      await client.query(`SELECT pg_logical_emit_message(true, 'test', 'the standby is there')`);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.links.close(), this.#toPrimary.close()]);
    await this.standby?.stop();
    await this.primary.stop();
  }
}

const urlOf = (address: string): string => `postgresql://postgres@127.0.0.1:${address}/postgres`;
