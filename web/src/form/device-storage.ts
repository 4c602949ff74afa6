/** Texts that stay on the device. Never throws: texts that the browser does not keep are in memory until the page is closed. */
export interface DeviceStorage {
  read: (key: string) => string | undefined;
  /** False: it is only in memory, because the storage is full or forbidden. */
  write: (key: string, text: string) => boolean;
  /** False: the text of this key is only in memory. */
  isKept: (key: string) => boolean;
  remove: (key: string) => void;
  keys: () => string[];
}

/** `open` may throw, as `localStorage` does where the browser forbids it. */
export const createDeviceStorage = (open: () => Storage): DeviceStorage => {
  const memory = new Map<string, string>();
  const tried = <T>(access: (storage: Storage) => T, otherwise: T): T => {
    try {
      return access(open());
    } catch {
      return otherwise;
    }
  };
  return {
    read: (key) => memory.get(key) ?? tried((storage) => storage.getItem(key), null) ?? undefined,
    write: (key, text) => {
      const isKept = tried((storage) => {
        storage.setItem(key, text);
        return storage.getItem(key) === text;
      }, false);
      if (isKept) memory.delete(key);
      else memory.set(key, text);
      return isKept;
    },
    isKept: (key) => !memory.has(key),
    remove: (key) => {
      memory.delete(key);
      tried((storage) => storage.removeItem(key), undefined);
    },
    keys: () => [...new Set([...memory.keys(), ...tried((storage) => Object.keys(storage), [])])],
  };
};

export const deviceStorage = createDeviceStorage(() => localStorage);
