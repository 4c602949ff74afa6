import { createDeviceStorage, deviceStorage } from './form/device-storage.ts';

/** Why a part of the page can't be loaded. `updated`: the server has another release, without this part. */
export type MissingReason = 'offline' | 'updated' | 'unknown';

/** A part of the page that is loaded when it is needed could not be loaded. */
export class MissingPartError extends Error {
  override readonly name = 'MissingPartError';
  readonly reason: MissingReason;
  constructor(reason: MissingReason, options: ErrorOptions) {
    super(`A part of the page could not be loaded: ${reason}`, options);
    this.reason = reason;
  }
}

/**
 * After an update of the page it is loaded again once.
 * @throws MissingPartError
 */
export const loadPart = async <Part>(load: () => Promise<Part>): Promise<Part> => {
  try {
    return await load();
  } catch (cause) {
    const reason = await missingReason();
    if (reason !== 'updated' || !mayReload()) throw new MissingPartError(reason, { cause });
    location.reload();
    return new Promise<never>(() => {}); // the page goes away
  }
};

const WAIT_MS = 5_000;

/** Asks the server for its page, and looks whether that has the script which runs here. */
export const missingReason = async (): Promise<MissingReason> => {
  try {
    const response = await fetch('/', {
      cache: 'no-store',
      headers: { accept: 'text/html' },
      signal: AbortSignal.timeout(WAIT_MS),
    });
    if (!response.ok) return 'offline';
    const script = document.querySelector('script[type="module"]')?.getAttribute('src') ?? '';
    return (await response.text()).includes(script) ? 'unknown' : 'updated';
  } catch {
    return 'offline';
  }
};

const reloads = createDeviceStorage(() => sessionStorage);

/** Once for each address in a tab, otherwise reloads would go on for ever; and not if answers are only in memory. */
const mayReload = (): boolean => {
  const key = `assay:reloaded:${location.pathname}`;
  if (deviceStorage.keys().some((each) => !deviceStorage.isKept(each))) return false;
  return reloads.read(key) === undefined && reloads.write(key, '1');
};
