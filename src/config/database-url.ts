import { readPem } from './files.ts';
import { decoded } from './percent-encoding.ts';

export type DatabaseServer = {
  /** More than one: tried in turn until one accepts writes. A host that begins with a slash is the folder of a socket. */
  hosts: readonly { host: string; port: number | undefined }[];
  /** Undefined if the URL has none: then `pg` reads PGUSER. So it is with PGPASSWORD and PGPORT. */
  user: string | undefined;
  password: string | undefined;
  database: string;
  /** Undefined without `sslmode`: then `pg` reads PGSSLMODE. */
  tls: DatabaseTls | false | undefined;
  options: string | undefined;
  applicationName: string | undefined;
  connectTimeoutMs: number | undefined;
  /** A connection to a server that refuses writes is closed. */
  writable: boolean;
};

/** `checks`: what is checked of the server's certificate. */
export type DatabaseTls = {
  checks: 'nothing' | 'authority' | 'authority and name';
  /** PEM. Undefined: the authorities that Node trusts. */
  authority: string | undefined;
  certificate: string | undefined;
  key: string | undefined;
};

type Parameters = ReadonlyMap<string, string>;

const SCHEME = /^postgres(?:ql)?:\/\//;
const KNOWN = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'options',
  'application_name',
  'connect_timeout',
  'target_session_attrs',
];
const CONNECT_TIMEOUT_MAX_S = 600;

/**
 * Takes DATABASE_URL apart. Its parameters mean what they mean to libpq; a problem names the part, without its value.
 */
export function readDatabaseUrl(text: string): { server: DatabaseServer } | { problems: string[] } {
  const problems: string[] = [];
  const wrong = (problem: string): undefined => void problems.push(problem);
  const scheme = SCHEME.exec(text.trim())?.[0];
  if (scheme === undefined) return { problems: ['is not a URL that starts with postgres:// or postgresql://'] };
  const [address, query = ''] = splitAt(text.trim().slice(scheme.length), '?');
  // A password may hold an @, which libpq wants encoded.
  const [authority, path = ''] = splitAt(address, '/');
  const at = authority.lastIndexOf('@');
  const [user = '', password = ''] = at === -1 ? [] : splitAt(authority.slice(0, at), ':');
  const decode = (part: string, name: string): string =>
    decoded(part) ?? wrong(`has a % that encodes nothing in the ${name}`) ?? '';

  const hosts = hostsOf(authority.slice(at + 1), wrong);
  const database = decode(path, 'name of the database');
  if (path === '') wrong('names no database after the host');
  if (/[#/]/.test(path)) wrong('has more than the name of a database after the host');
  const parameters = parametersOf(query, wrong);
  const writable = writableOf(hosts.length, parameters, wrong);
  const server: DatabaseServer = {
    hosts,
    user: user === '' ? undefined : decode(user, 'user'),
    password: password === '' ? undefined : decode(password, 'password'),
    database,
    tls: tlsOf(parameters, wrong),
    options: parameters.get('options'),
    applicationName: parameters.get('application_name'),
    connectTimeoutMs: connectTimeoutOf(parameters, wrong),
    writable,
  };
  return problems.length > 0 ? { problems } : { server };
}

type Wrong = (problem: string) => undefined;

/** Both sides of the first separator. */
function splitAt(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

const HOST = /^(?<host>\[[\da-fA-F:.%]+\]|[^\s:[\]@#]+)(?::(?<port>\d*))?$/;

function hostsOf(text: string, wrong: Wrong): DatabaseServer['hosts'] {
  const hosts = text.split(',').map((part) => {
    const { host = '', port = '' } = HOST.exec(part)?.groups ?? {};
    const name = decoded(host)?.replace(/^\[(.*)\]$/, '$1');
    return name === undefined || name === '' || Number(port) > 65_535
      ? undefined
      : { host: name, port: port === '' ? undefined : Number(port) };
  });
  if (hosts.some((host) => host === undefined)) wrong('has no host, or one that is no name, address or port');
  return hosts.filter((host) => host !== undefined);
}

function parametersOf(query: string, wrong: Wrong): Parameters {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&').filter((one) => one !== '')) {
    const [key, value] = splitAt(pair, '=');
    const [name, text] = [decoded(key) ?? key, decoded(value ?? '')];
    const shown = /^\w{1,40}$/.test(name) ? `the parameter ${name}` : 'a parameter without a proper name';
    if (!KNOWN.includes(name)) wrong(`has ${shown}, which is unknown: leave it out (known: ${KNOWN.join(', ')})`);
    else if (parameters.has(name)) wrong(`has ${shown} twice`);
    else if (text === undefined || text === '') wrong(`has ${shown} without a proper value`);
    else parameters.set(name, text);
  }
  return parameters;
}

function connectTimeoutOf(parameters: Parameters, wrong: Wrong): number | undefined {
  const text = parameters.get('connect_timeout');
  if (text === undefined) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= CONNECT_TIMEOUT_MAX_S) return seconds * 1_000;
  return wrong(`has a connect_timeout that is not from 1 to ${CONNECT_TIMEOUT_MAX_S} seconds`);
}

/** The program writes, so a server that refuses writes is of no use to it. */
function writableOf(hosts: number, parameters: Parameters, wrong: Wrong): boolean {
  const wanted = parameters.get('target_session_attrs');
  if (wanted === 'read-write' || wanted === 'primary') return true;
  if (wanted !== undefined && wanted !== 'any')
    wrong('has a target_session_attrs other than any, read-write or primary: the program writes');
  else if (hosts > 1) wrong('names several servers: add target_session_attrs=read-write, or give one address');
  return false;
}

function tlsOf(parameters: Parameters, wrong: Wrong): DatabaseServer['tls'] {
  const mode = parameters.get('sslmode');
  const [rootFile, certificateFile, keyFile] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name));
  const files = { authority: rootFile, certificate: certificateFile, key: keyFile };
  if (mode === undefined)
    return Object.values(files).every((file) => file === undefined)
      ? undefined
      : wrong('has sslrootcert, sslcert or sslkey without sslmode: add sslmode=verify-full');
  if (mode === 'disable') return false;
  if (mode === 'allow' || mode === 'prefer')
    return wrong(`has sslmode=${mode}, which may mean no encryption: use disable, require, verify-ca or verify-full`);
  if (mode !== 'require' && mode !== 'verify-ca' && mode !== 'verify-full')
    return wrong('has an sslmode other than disable, require, verify-ca or verify-full');
  if ((files.certificate === undefined) !== (files.key === undefined)) wrong('needs sslcert and sslkey together');
  const isSystem = files.authority === 'system';
  if (isSystem && mode !== 'verify-full') wrong('has sslrootcert=system, which needs sslmode=verify-full');
  if (mode === 'verify-ca' && files.authority === undefined) wrong('has sslmode=verify-ca, which needs sslrootcert');
  const pem = (name: string, file: string | undefined, what: 'certificate' | 'key'): string | undefined => {
    if (file === undefined) return undefined;
    const read = readPem(file, what);
    return 'text' in read ? read.text : wrong(`names a file in ${name} that ${read.problem}`);
  };
  return {
    // To libpq, `require` with an authority means verify-ca.
    checks: mode === 'verify-full' ? 'authority and name' : files.authority === undefined ? 'nothing' : 'authority',
    authority: isSystem ? undefined : pem('sslrootcert', files.authority, 'certificate'),
    certificate: pem('sslcert', files.certificate, 'certificate'),
    key: pem('sslkey', files.key, 'key'),
  };
}
