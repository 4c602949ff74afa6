import { dirname, join } from 'node:path/posix';
import { parseSync, Visitor } from 'vite';

type Room = {
  /** A file imports only from lower levels, and from its own room. */
  level: number;
  /** The matched part of a path is the name of the room. */
  room: RegExp;
  /** The libraries and Node modules that it may import, types included. */
  libraries?: readonly string[];
};

/** Each file of src/ is in the first room that matches. */
const ROOMS: readonly Room[] = [
  // Below the foundations, which import them.
  { level: -1, room: /^src\/(own-error|no-debugger)\.ts$/ },
  { level: -1, room: /^src\/memory\// },
  { level: 0, room: /^src\/config(?=\.ts$|\/)/, libraries: ['zod', 'node:fs', 'node:net', 'node:path', 'node:util'] },
  { level: 0, room: /^src\/json-schema\.ts$/, libraries: ['@cfworker/json-schema'] },
  { level: 0, room: /^src\/log\.ts$/, libraries: ['pino', 'node:path', 'node:url'] },
  // Its labels are made from the codes of errors.
  { level: 0.5, room: /^src\/metrics\.ts$/, libraries: ['prom-client'] },
  {
    level: 0,
    room: /^src\/(code-from-text|errors|events|few-lines|few-names|json-in-text|json-object|trace)\.ts$/,
    libraries: ['node:crypto'],
  },
  { level: 1, room: /^src\/entities\//, libraries: ['zod', '@mikro-orm/core', 'canonicalize', 'node:crypto'] },
  { level: 2, room: /^src\/adapters\/broker(?=\.ts$|\/)/, libraries: ['nats', 'node:fs', 'node:timers'] },
  {
    level: 2,
    room: /^src\/adapters\/database(?=\.ts$|\/)/,
    libraries: [
      '@mikro-orm/core',
      '@mikro-orm/migrations',
      '@mikro-orm/postgresql',
      '@mikro-orm/pglite',
      'pg',
      'kysely',

      '@electric-sql/pglite',
      '@electric-sql/pglite-prepopulatedfs',
      'nanotar',
      'node:crypto',
      'node:fs',
      'node:path',
      'node:zlib',
    ],
  },
  {
    level: 2,
    room: /^src\/adapters\/embedded(?=\/)/,
    libraries: [
      'zod',
      'node:child_process',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:http',
      'node:path',
      'node:sqlite',
      'node:timers',
    ],
  },
  {
    level: 2,
    room: /^src\/adapters\/model(?=\.ts$|\/)/,
    libraries: ['openai', 'undici', 'node:http', 'node:stream', 'node:timers', 'node:zlib'],
  },
  {
    level: 2,
    room: /^src\/adapters\/questionnaire-files(?=\.ts$|\/)/,
    libraries: ['zod', 'jsonc-parser', 'node:crypto', 'node:fs', 'node:path'],
  },
  { level: 2, room: /^src\/adapters\/text-files\.ts$/, libraries: ['node:fs', 'node:path'] },
  {
    level: 3,
    room: /^src\/assessments\//,
    libraries: ['canonicalize', 'ipaddr.js', 'lru-cache', 'uuid', 'node:crypto'],
  },
  { level: 3, room: /^src\/delivery\//, libraries: ['zod'] },
  {
    level: 4,
    room: /^src\/schema\//,
    libraries: ['graphql', '@pothos/core', '@pothos/plugin-complexity', '@pothos/plugin-relay'],
  },
  { level: 4, room: /^src\/consumers\//, libraries: ['@streamparser/json', 'node:crypto', 'node:timers'] },
  {
    level: 5,
    room: /^src\/server\/graphql\//,
    libraries: ['graphql', 'graphql-yoga', '@pothos/plugin-complexity', 'lru-cache'],
  },
  {
    level: 6,
    room: /^src\/server\/http\//,
    libraries: [
      'graphql',
      'graphql-yoga',
      '@graphql-yoga/render-graphiql',
      'hono',
      '@hono/node-server',
      '@hono/zod-openapi',
      'proxy-addr',
      'ipaddr.js',
      'node:crypto',
      'node:fs',
      'node:http',
      'node:net',
      'node:path',
      'node:stream',
      'node:timers',
      'node:util',
      'node:zlib',
    ],
  },
  {
    level: 6,
    room: /^src\/server\/sockets\//,
    libraries: ['graphql', 'graphql-ws', 'ws', 'node:crypto', 'node:http', 'node:stream'],
  },
  { level: 7, room: /^src\/app(?=\.ts$|\/)/, libraries: ['node:crypto', 'node:path'] },
  { level: 8, room: /^src\/main\.ts$/, libraries: ['node:module', 'node:path'] },
  {
    level: 8,
    room: /^src\/authoring\//,
    libraries: ['zod', 'node:fs', 'node:os', 'node:path', 'node:util'],
  },
  { level: 9, room: /^src\/questionnaire\.ts$/ },
];

/** Forbidden imports that the levels would allow. */
const FORBIDDEN: readonly { from: RegExp; to: RegExp; why: string }[] = [
  { from: /^src\/server\//, to: /^src\/consumers\//, why: 'the server and the consumers are different processes' },
  { from: /^src\/main\.ts$/, to: /^src\/.*\//, why: 'main knows only app.ts and the foundations' },
  {
    from: /^src\/(assessments|delivery|schema|consumers|server|app)(\.ts$|\/)/,
    to: /^src\/adapters\/(broker|database|model)\//,
    why: 'an adapter is imported by its own file: src/adapters/<adapter>.ts',
  },
];

/** Rules that the page and the server share. They run in a browser, so they import nothing but each other. */
const SHARED = /^src\/entities\/(answer|condition|email|text)\.ts$/;

const ENVIRONMENT_READER = 'src/config.ts';

export type Sources = Readonly<Record<string, string>>;

/** Violations in the imports of these files (path from the project's folder → source), one line each. */
export function checkLayers(sources: Sources): string[] {
  const files = Object.entries(sources).map(([path, source]) => readImports(path, source));
  return [
    ...files
      .filter(({ path }) => isProduct(path) && !placeOf(path))
      .map(({ path }) => `${path} has no place in the list`),
    ...files.flatMap(({ path, imports }) => imports.flatMap((one) => problemsOf(path, one))),
    ...files
      .filter(({ path, readsEnvironment }) => readsEnvironment && isProduct(path) && path !== ENVIRONMENT_READER)
      .map(({ path }) => `${path} reads the environment; only ${ENVIRONMENT_READER} does`),
    ...cyclesOf(files),
  ];
}

const isProduct = (path: string): boolean => path.startsWith('src/');

type Place = { level: number; room: string; libraries: readonly string[] };

function placeOf(path: string): Place | undefined {
  for (const { level, room, libraries = [] } of ROOMS) {
    const match = room.exec(path);
    if (match) return { level, room: match[0], libraries };
  }
  return undefined;
}

/** Node's process, which every room may import; its environment is checked by `readsEnvironment`. */
const isProcess = (library: string): boolean => /^(node:)?process$/.test(library);

function problemsOf(path: string, { target, isOurs }: Import): string[] {
  const problem = (why: string): string => `${path} imports ${target}: ${why}`;
  if (path.startsWith('web/'))
    return isProduct(target) && !SHARED.test(target)
      ? [problem('web/ knows only what the code generator wrote, and the rules of answers and conditions')]
      : [];
  if (!isProduct(path)) return [];
  if (SHARED.test(path) && !SHARED.test(target)) return [problem('a file that the page shares runs in a browser')];
  if (/^(web|test|scripts|bench|eval)\//.test(target)) return [problem('the product does not depend on it')];
  const from = placeOf(path);
  if (from === undefined) return []; // reported as a file without a place
  if (!isOurs)
    return from.libraries.includes(target) || isProcess(target)
      ? []
      : [problem(`${from.room} does not list this library`)];
  const to = placeOf(target);
  if (to === undefined) return [];
  if (to.level > from.level) return [problem(`level ${from.level} knows nothing of level ${to.level}`)];
  if (to.level === from.level && to.room !== from.room) return [problem('rooms on one level do not know each other')];
  return FORBIDDEN.filter((one) => one.from.test(path) && one.to.test(target)).map(({ why }) => problem(why));
}

/** `target`: a path of the project, or the name of a library without the path inside it. */
type Import = { target: string; isType: boolean; isOurs: boolean };
type SourceFile = { path: string; imports: Import[]; readsEnvironment: boolean };

function readImports(path: string, source: string): SourceFile {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const file: SourceFile = { path, imports: [], readsEnvironment: false };
  const found = (specifier: string, isType: boolean): unknown =>
    file.imports.push({ target: resolve(path, specifier), isType, isOurs: specifier.startsWith('.') });
  new Visitor({
    ImportDeclaration: ({ source: { value }, importKind, specifiers }) => {
      found(value, importKind === 'type');
      const names = specifiers.map(({ local }) => local.name);
      if (isProcess(value) && names.includes('env')) file.readsEnvironment = true;
    },
    ExportNamedDeclaration: (node) => node.source && found(node.source.value, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => found(node.source.value, node.exportKind === 'type'),
    ImportExpression: (node) => node.source.type === 'Literal' && found(String(node.source.value), false),
    TSImportType: (node) => found(node.source.value, true),
    MemberExpression: ({ object, property }) => {
      const name = property.type === 'Literal' ? property.value : property.type === 'Identifier' && property.name;
      if (object.type === 'Identifier' && object.name === 'process' && name === 'env') file.readsEnvironment = true;
    },
  }).visit(program);
  return file;
}

function resolve(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(dirname(path), specifier);
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Cycles of value imports: such modules see each other unfinished at load time. Type imports do not exist at run time. */
function cyclesOf(files: readonly SourceFile[]): string[] {
  const imported = new Map(
    files.map(({ path, imports }) => [path, imports.filter(({ isType }) => !isType).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push(`${[...trail.slice(trail.indexOf(path)), path].join(' → ')} is a cycle`);
    if (done.has(path) || trail.includes(path)) return;
    for (const target of imported.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imported.keys()) walk(path, []);
  return cycles;
}
