import type { DeviceStorage } from '../form/device-storage.ts';

/** The languages of the page, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

export const isLanguage = (tag: string | undefined): tag is Language =>
  tag !== undefined && Object.hasOwn(languages, tag);

/**
 * The first of the wanted language tags that the page has, in order of preference: `de-AT` is met by `de` (Lookup of
 * RFC 4647). English if there is none.
 */
export const lookUp = (wanted: readonly string[]): Language => wanted.map(found).find(isLanguage) ?? 'en';

const found = (tag: string): string | undefined => {
  const parts = tag.toLowerCase().split('-');
  return parts.map((_, left) => parts.slice(0, parts.length - left).join('-')).find(isLanguage);
};

const KEY = 'assay:language';

/** The choice of the person on this device; without one the browser's languages decide. */
export const chosenLanguage = (storage: DeviceStorage, wanted: readonly string[]): Language => {
  const kept = storage.read(KEY);
  return isLanguage(kept) ? kept : lookUp(wanted);
};

/** False: the device keeps nothing, so the choice would be lost with the next load. */
export const keepLanguage = (storage: DeviceStorage, language: Language): boolean => storage.write(KEY, language);

/** Whether a choice would last. */
export const canKeepLanguage = (storage: DeviceStorage): boolean => {
  const kept = storage.read(KEY);
  const isKept = storage.write(KEY, kept ?? '');
  if (kept === undefined) storage.remove(KEY);
  return isKept;
};

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** The direction of a language's script. */
export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';
