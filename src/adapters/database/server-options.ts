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

/**
 * Options of `pg` for the server of DATABASE_URL, for every connection of the program. What the URL leaves out is left out
 * here, so that `pg` takes it from PGUSER, PGPASSWORD, PGPORT or PGSSLMODE.
 */
export function serverOptions(server: DatabaseServer) {
  const [first] = server.hosts;
  const turns = server.hosts.length > 1 ? new Turns(server.hosts) : undefined;
  const options = {
    host: first?.host ?? '',
    port: first?.port ?? 0,
    user: server.user ?? '',
    password: server.password ?? '',
    ...(server.tls === undefined ? {} : { ssl: server.tls === false ? false : tlsOptions(server.tls) }),
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

/** Node checks the certificate; the first two options only leave checks out. */
const tlsOptions = ({ checks, authority, certificate, key }: DatabaseTls) => ({
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

  constructor(hosts: DatabaseServer['hosts']) {
    const choose = (): number => this.#kept ?? this.#next++ % hosts.length;
    const begin = (client: ClientBase, turn: number): void => this.#begin(client, turn);
    this.Client = class extends Client {
      constructor(config?: string | ClientConfig) {
        const turn = choose();
        const { host = '', port = 0 } = hosts[turn] ?? {};
        super({ ...(typeof config === 'object' ? config : {}), host, port });
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
