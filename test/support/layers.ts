import { dirname, join } from 'node:path/posix';
import { parseSync, Visitor } from 'vite';

/** Where each file of src/ belongs. A file imports only from lower levels; rooms of one level never import each other. */
const ROOMS: readonly { level: number; room: RegExp }[] = [
  // The foundations stand on it.
  { level: -1, room: /^src\/own-error\.ts$/ },
  { level: 0, room: /^src\/config(?=\.ts$|\/)/ },
  {
    level: 0,
    room: /^src\/(code-from-text|dictionary|errors|events|json-object|json-schema|log|metrics|once-each|trace)\.ts$/,
  },
  { level: 1, room: /^src\/entities\// },
  { level: 2, room: /^src\/adapters\/(broker|database|embedded|model|questionnaire-files)(?=\.ts$|\/)/ },
  { level: 3, room: /^src\/(assessments|delivery)\// },
  { level: 4, room: /^src\/(schema|consumers)\// },
  { level: 5, room: /^src\/server\// },
  { level: 6, room: /^src\/app(?=\.ts$|\/)/ },
  { level: 7, room: /^src\/main\.ts$/ },
];

/** What the levels alone would allow. */
const FORBIDDEN: readonly { from: RegExp; to: RegExp; why: string }[] = [
  { from: /^src\/server\//, to: /^src\/consumers\//, why: 'the server and the consumers are different processes' },
  { from: /^src\/main\.ts$/, to: /^src\/.*\//, why: 'main knows only app.ts and the foundations' },
];

/** Libraries that only some files may know, types included. */
const LIBRARIES: readonly { library: RegExp; allowed: RegExp }[] = [
  { library: /^nats$/, allowed: /^src\/adapters\/(embedded\/)?broker(\.ts$|\/)/ },
  { library: /^(openai|undici)$/, allowed: /^src\/adapters\/(embedded\/)?model(\.ts$|\/)/ },
  { library: /^@mikro-orm\/core$/, allowed: /^src\/(entities\/|adapters\/database(\.ts$|\/))/ },
  {
    library: /^(@mikro-orm\/(?!core$).*|pg|kysely(\/.*)?|@electric-sql\/pglite)$/,
    allowed: /^src\/adapters\/(database(\.ts$|\/)|embedded\/)/,
  },
  { library: /^@cfworker\/json-schema$/, allowed: /^src\/json-schema\.ts$/ },
  { library: /^(ws|hono|@hono\/.*|proxy-addr|ipaddr\.js)$/, allowed: /^src\/server\// },
  { library: /^(graphql|graphql-.*|@graphql-yoga\/.*|@pothos\/.*)$/, allowed: /^src\/(schema|server)\// },
];

const ENVIRONMENT_READER = 'src/config.ts';

export type Sources = Readonly<Record<string, string>>;

/** What is wrong with the imports of these files (path from the project's folder → source), one line each. */
export function checkLayers(sources: Sources): string[] {
  const files = Object.entries(sources).map(([path, source]) => readImports(path, source));
  return [
    ...files
      .filter(({ path }) => isProduct(path) && !placeOf(path))
      .map(({ path }) => `${path} has no place in the list`),
    ...files.flatMap(({ path, imports }) => imports.flatMap(({ target }) => problemsOf(path, target))),
    ...files
      .filter(({ path, readsEnvironment }) => readsEnvironment && isProduct(path) && path !== ENVIRONMENT_READER)
      .map(({ path }) => `${path} reads the environment; only ${ENVIRONMENT_READER} does`),
    ...cyclesOf(files),
  ];
}

const isProduct = (path: string): boolean => path.startsWith('src/');

type Place = { level: number; room: string };

function placeOf(path: string): Place | undefined {
  for (const { level, room } of ROOMS) {
    const match = room.exec(path);
    if (match) return { level, room: match[0] };
  }
  return undefined;
}

/** `target`: a path of ours, or the name of a library. */
function problemsOf(path: string, target: string): string[] {
  const problem = (why: string): string => `${path} imports ${target}: ${why}`;
  if (path.startsWith('web/'))
    return isProduct(target) ? [problem('web/ knows only what the code generator wrote')] : [];
  if (!isProduct(path)) return [];
  if (/^(web|test|scripts|bench)\//.test(target)) return [problem('the product does not depend on it')];
  const from = placeOf(path);
  const to = placeOf(target);
  if (!from || !to)
    return LIBRARIES.filter(({ library, allowed }) => library.test(target) && !allowed.test(path)).map(({ allowed }) =>
      problem(`only ${allowed.source} may know this library`),
    );
  if (to.level > from.level) return [problem(`level ${from.level} knows nothing of level ${to.level}`)];
  if (to.level === from.level && to.room !== from.room) return [problem('rooms on one level do not know each other')];
  return FORBIDDEN.filter((one) => one.from.test(path) && one.to.test(target)).map(({ why }) => problem(why));
}

type SourceFile = { path: string; imports: { target: string; isType: boolean }[]; readsEnvironment: boolean };

function readImports(path: string, source: string): SourceFile {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const file: SourceFile = { path, imports: [], readsEnvironment: false };
  const found = (specifier: string, isType: boolean): unknown =>
    file.imports.push({ target: resolve(path, specifier), isType });
  new Visitor({
    ImportDeclaration: ({ source: { value }, importKind, specifiers }) => {
      found(value, importKind === 'type');
      const names = specifiers.map(({ local }) => local.name);
      if (/^(node:)?process$/.test(value) && names.includes('env')) file.readsEnvironment = true;
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

/** A path of ours, or the library's name without what is taken from inside it. */
function resolve(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(dirname(path), specifier);
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Modules that wait for each other at load time see each other half-made; types are gone by then. */
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
