import { useState } from 'react';
import { deviceStorage } from './form/device-storage.ts';
import { inOwnLanguage, pageLanguage, texts } from './texts/index.ts';
import { canKeepLanguage, isLanguage, keepLanguage, languages } from './texts/languages.ts';

/** The language of the page, kept on this device. Without storage the browser's languages decide, and there is no choice. */
export const LanguageChoice = () => {
  const [canKeep] = useState(() => canKeepLanguage(deviceStorage));
  if (!canKeep) return null;
  const choose = (language: string) => {
    // The page begins again with other words. The answers of a form are on the device, too.
    if (isLanguage(language) && keepLanguage(deviceStorage, language)) location.reload();
  };
  return (
    <label {...inOwnLanguage}>
      {texts.language}{' '}
      <select value={pageLanguage} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {Object.entries(languages).map(([language, name]) => (
          <option key={language} value={language} lang={language}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};
