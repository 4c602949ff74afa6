import { readFileSync, statSync } from 'node:fs';

/** Certificates, keys and seeds have some 1,000 bytes; a file with all authorities of a system has 250,000. */
const BYTES_MAX = 1024 * 1024;

/** The text of a file that a setting names, or why it can't be used, without its path. */
export function readText(path: string): { text: string } | { problem: string } {
  try {
    const stats = statSync(path);
    // Only a file: a device or a pipe may have no end.
    if (!stats.isFile() || stats.size > BYTES_MAX) return { problem: 'is a folder, a device or a large file' };
    const text = readFileSync(path, 'utf8');
    return text.trim() === '' ? { problem: 'is empty' } : { text };
  } catch (error) {
    return { problem: `can not be read (${String((error as NodeJS.ErrnoException).code)})` };
  }
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;

/** The PEM text of a file that a setting names. Another format would fail later, at each connect. */
export function readPem(path: string, what: 'certificate' | 'key'): { text: string } | { problem: string } {
  const read = readText(path);
  if ('problem' in read) return read;
  if (what === 'key' && /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: .*ENCRYPTED/m.test(read.text))
    return { problem: 'is protected by a password, which the program has no setting for' };
  const has = (what === 'certificate' ? CERTIFICATE : PRIVATE_KEY).test(read.text);
  return has ? read : { problem: `holds no ${what === 'key' ? 'private key' : 'certificate'} in PEM format` };
}
