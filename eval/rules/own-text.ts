import { echoes, type Text } from '../../src/consumers/reply-echo.ts';
import type { Check } from './rule.ts';
import { toldTexts } from './told.ts';

/** No reply repeats the instructions, by the check of the program. One that does is not shown to the person, but costs. */
export const noOwnText: Check = ({ sheet, texts }) => {
  if (texts.length === 0) return undefined;
  return texts.flatMap((text, index) => {
    const told = toldTexts(text).map((one): Text => ['', one]);
    return [...echoes(sheet.content, told)].length > 0 ? [`reply ${index + 1} repeats the instructions`] : [];
  });
};
