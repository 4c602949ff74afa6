import { readFile, stat } from 'node:fs/promises';
import { credsAuthenticator, nkeyAuthenticator } from 'nats';
import { StartError } from '../../own-error.ts';

/** Files of `nsc` have some 1,000 bytes. */
const BYTES_MAX = 64 * 1024;

/** The content of the file that NATS_CREDS_FILE names. @throws StartError */
export async function readCredentials(path: string): Promise<Uint8Array> {
  const credentials = await contentOf(path);
  try {
    // A try: the client signs a text like this at each connect.
    credsAuthenticator(credentials)('text');
  } catch (error) {
    throw new StartError(
      'The file in NATS_CREDS_FILE holds no NATS credentials. Give a file with a JWT and its seed.',
      {
        cause: error,
      },
    );
  }
  return credentials;
}

/** The seed of a user in the text of the file that NATS_NKEY_FILE names. @throws StartError */
export function readSeed(text: string): Uint8Array {
  const seed = /\bSU[A-Z2-7]{56}\b/.exec(text)?.[0];
  try {
    const bytes = new TextEncoder().encode(seed);
    nkeyAuthenticator(bytes)('text');
    return bytes;
  } catch (error) {
    throw new StartError(
      'The file in NATS_NKEY_FILE holds no seed of a user. Give a file with a seed, which begins with SU.',
      {
        cause: error,
      },
    );
  }
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    // Only a file: a device or a pipe may have no end.
    if (stats.isFile() && stats.size <= BYTES_MAX) return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(`The file in NATS_CREDS_FILE can not be read (${code}). Check its path and its rights.`, {
      cause: error,
    });
  }
  throw new StartError(
    'NATS_CREDS_FILE names a folder, a device or a large file. Give the path of a NATS credentials file.',
  );
}
