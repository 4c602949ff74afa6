import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { StartError } from '../own-error.ts';

export const notWritten = (problem: string, options?: ErrorOptions): StartError =>
  new StartError('The file was not written:', { ...options, problems: [problem] });

/**
 * Writes a JSON file that is not there, with its folder.
 * @param remedy what to do if the file is there
 * @throws StartError if the file is there, or can not be written
 */
export async function writeNewFile(path: string, value: unknown, remedy: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`, { flag: 'wx' });
  } catch (cause) {
    // Of mkdir, EEXIST means a file in place of the folder.
    const isThere =
      cause instanceof Error &&
      'syscall' in cause &&
      cause.syscall === 'open' &&
      'code' in cause &&
      cause.code === 'EEXIST';
    throw notWritten(
      isThere
        ? `${basename(path)}: it is there already. ${remedy}`
        : `${path}: it can not be written. Correct the folder or its rights.`,
      { cause },
    );
  }
}
