/** Names of other programs that look like ours: of Kubernetes' service links, of PostgreSQL, Node, compose,
 * telemetry and proxies. */
const FOREIGN =
  /^(?:PG|OTEL_|NODE_|NPM_|POSTGRES_|KUBERNETES_|AZURE_|LC_|OPENAI_(?:ADMIN_KEY|API_(?:BASE|TYPE|VERSION)|LOG|ORGANIZATION|WEBHOOK_SECRET)$)|_SERVICE_(?:HOST|PORT)(?:_|$)|^(?:ALL|FTP|HTTPS?|NO|SOCKS)_PROXY$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/i;

/** Words that people use for one another. */
const SAME_WORD: Record<string, string> = {
  PASS: 'PASSWORD',
  PASSWD: 'PASSWORD',
  PWD: 'PASSWORD',
  USERNAME: 'USER',
  URI: 'URL',
  CREDENTIAL: 'CRED',
  DIRECTORY: 'DIR',
  FOLDER: 'DIR',
  MINUTES: 'UNIT',
  MINUTE: 'UNIT',
  SECOND: 'UNIT',
  SEC: 'UNIT',
  HOUR: 'UNIT',
  DAY: 'UNIT',
  MS: 'UNIT',
};

/** Names without an underscore often belong to other programs (HOME, HOST), as short ones do. */
const LEAST_LETTERS = 8;

/**
 * The setting that a name may have been meant for: within two letters, or with the same words in another order, in
 * singular or plural, in other units, without underscores, or with words left out.
 */
export function meantSetting(name: string, settings: readonly string[]): string | undefined {
  if (settings.includes(name) || FOREIGN.test(name)) return undefined;
  const upper = name.toUpperCase();
  // A convention of container images, for a secret in a file.
  const withoutFile = upper.replace(/_FILE$/, '');
  if (withoutFile !== upper && settings.includes(withoutFile)) return withoutFile;
  const long = settings.filter((setting) => setting.includes('_'));
  const same = long.find((setting) => plain(setting) === plain(upper));
  if (same !== undefined || !upper.includes('_')) return same;
  const words = wordsOf(upper);
  const near = name.length >= LEAST_LETTERS ? long.find((setting) => editDistance(upper, setting) <= 2) : undefined;
  return (
    near ??
    long.find((setting) => words.length === wordsOf(setting).length && isPart(words, wordsOf(setting))) ??
    long.find((setting) => leavesOut(words, wordsOf(setting)))
  );
}

const plain = (name: string): string => name.replaceAll('_', '');

const wordsOf = (name: string): string[] =>
  name
    .split('_')
    .filter((word) => word !== '')
    .map((word) =>
      word.endsWith('IES') ? `${word.slice(0, -3)}Y` : word.length > 3 ? word.replace(/(?<!S)S$/, '') : word,
    )
    .map((word) => SAME_WORD[word] ?? word);

const isPart = (part: readonly string[], whole: readonly string[]): boolean => {
  const left = [...whole];
  return part.every((word) => {
    const at = left.indexOf(word);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
};

/** Without its first word a setting is too general: API_KEY is anybody's. */
const leavesOut = (words: readonly string[], setting: readonly string[]): boolean =>
  words.length >= 2 && isPart(words, setting) && (words.includes(setting[0] ?? '') || words.length >= 3);

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 3;
}
