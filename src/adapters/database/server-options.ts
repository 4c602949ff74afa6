import { Client, type ClientBase, type ClientConfig, type PoolConfig } from 'pg';
import type { DatabaseServer, DatabaseTls } from '../../config/database-url.ts';
import { OwnError } from '../../own-error.ts';
import { withDeadline } from './sql.ts';

const CHECK_WITHIN_MS = 2_000;

/** A server that can't be written to now: a standby, or one that is set to read-only. */
export const READ_ONLY = '25006';

/** Another server of DATABASE_URL is tried, or the same one again. */
class ReadOnlyServerError extends OwnError {
  readonly code = READ_ONLY;
}

export type ServerOptions = ReturnType<typeof serverOptions>;

/**
 * Options of `pg` for the server of DATABASE_URL, for every connection of the program. What the URL leaves out is left out
 * here, so that `pg` takes it from PGUSER, PGPASSWORD, PGPORT or PGSSLMODE.
 */
export function serverOptions(server: DatabaseServer) {
  const places = server.hosts.map(({ host, port }) => ({ host, port: port ?? 0, ...sslOf(server, host) }));
  const turns = places.length > 1 ? new Turns(places) : undefined;
  const options = {
    ...places[0],
    user: server.user ?? '',
    password: server.password ?? '',
    ...(server.options === undefined ? {} : { options: server.options }),
    ...(server.applicationName === undefined ? {} : { application_name: server.applicationName }),
    ...(server.connectTimeoutMs === undefined ? {} : { connectionTimeoutMillis: server.connectTimeoutMs }),
    ...(turns === undefined ? {} : { Client: turns.Client }),
  } satisfies PoolConfig;
  const onConnect = async (client: ClientBase): Promise<void> => {
    if (server.writable) await requireWrites(client);
    turns?.keep(client);
  };
  return { options, onConnect };
}

type Place = Pick<PoolConfig, 'host' | 'port' | 'ssl'>;

const sslOf = ({ tls }: DatabaseServer, host: string): Pick<Place, 'ssl'> =>
  tls === undefined ? {} : { ssl: tls === false ? false : tlsOptions(tls, host) };

/** Node checks the certificate; two of these options only leave checks out. */
const tlsOptions = ({ checks, authority, certificate, key }: DatabaseTls, host: string) => ({
  // The name to check: pg 8.23.0, which MikroORM brings, does not say it for an IP address.
  host,
  rejectUnauthorized: checks !== 'nothing',
  ...(checks === 'authority and name' ? {} : { checkServerIdentity: () => undefined }),
  ...(authority === undefined ? {} : { ca: authority }),
  ...(certificate === undefined ? {} : { cert: certificate }),
  ...(key === undefined ? {} : { key }),
});

async function requireWrites(client: ClientBase): Promise<void> {
  const { rows } = await withDeadline(
    client.query<{ isReadOnly: boolean }>(
      // A server in recovery says so, too.
      `SELECT current_setting('transaction_read_only')::bool AS "isReadOnly"`,
    ),
    CHECK_WITHIN_MS,
  );
  if (rows[0]?.isReadOnly !== false) throw new ReadOnlyServerError('the server refuses writes');
}

/** Which of several servers a new connection goes to: the one that took the last one, else each in turn. */
class Turns {
  readonly Client: typeof Client;
  readonly #unproven = new WeakMap<ClientBase, number>();
  #kept: number | undefined;
  #next = 0;

  constructor(places: readonly Place[]) {
    const choose = (): number => this.#kept ?? this.#next++ % places.length;
    const begin = (client: ClientBase, turn: number): void => this.#begin(client, turn);
    this.Client = class extends Client {
      constructor(config?: string | ClientConfig) {
        const turn = choose();
        super({ ...(typeof config === 'object' ? config : {}), ...places[turn] });
        begin(this, turn);
      }
    };
  }

  /** New connections go to the server of this client, until one to it fails. */
  keep(client: ClientBase): void {
    this.#kept = this.#unproven.get(client);
    this.#unproven.delete(client);
  }

  #begin(client: ClientBase, turn: number): void {
    this.#unproven.set(client, turn);
    client.once('end', () => {
      if (this.#unproven.has(client) && this.#kept === turn) this.#kept = undefined;
    });
  }
}
