import { deviceStorage } from '../form/device-storage.ts';

const KEY = 'assay-session';

/** The id of the session that this device had last. Offline its drafts can be opened. It gives no access: the cookie does. */
export const knownSession = (): string | undefined => deviceStorage.read(KEY);

export const rememberSession = (id: string): boolean => deviceStorage.write(KEY, id);

export const forgetSession = (): void => deviceStorage.remove(KEY);
