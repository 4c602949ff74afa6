import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText, lettersOf, plainForm } from '../../src/consumers/reply-text.ts';

test.each([
  ['direction overrides', '\u202agnp\u202e.exe\u202c', 'gnp.exe'],
  ['isolates', 'a\u2066b\u2067c\u2068d\u2069', 'abcd'],
  ['direction marks', 'a\u200eb\u200fc\u061cd', 'abcd'],
  ['zero-width characters', 'a\u200bb\u200cc\u200dd\u2060e\ufefff', 'abcdef'],
  ['soft hyphens and joiners of marks', 'a\u00adb\u034fc', 'abc'],
  ['Hangul fillers', 'a\u115fb\u1160c\u3164d\uffa0e', 'abcde'],
  ['variation selectors', 'a\ufe00b\ufe0fc\u{e0100}d\u{e01ef}e', 'abcde'],
  ['Mongolian selectors', 'a\u180bb\u180ec\u180fd', 'abcd'],
  ['tags', 'hi\u{e0001}\u{e0041}\u{e0042}\u{e007f}', 'hi'],
  ['tags behind an emoji', '😀\u{e0041}\u{e0042}', '😀'],
  ['selectors behind an emoji', '😀\u{e0100}\u{e0101}', '😀'],
  ['annotations and invisible signs', 'a\ufff9b\ufffac\ufffbd\u2061e\u206af\u{1d173}g', 'abcdefg'],
  ['joiners without a letter', 'क\u200d\u200d \u200dक \u094d\u200d', 'क\u200d क \u094d'],
  ['joiners in Latin words', 'f\u200ci\u200dn\u200ce', 'fine'],
])('%s are removed', (_what, text, shown) => {
  expect(cleanText(text)).toBe(shown);
});

test('separators of lines and paragraphs become line breaks', () => {
  expect(cleanText('a\u2028b\u2029c')).toBe('a\nb\nc');
});

test.each([
  ['Persian', 'می\u200cخواهم بیشتر بخوابم؛ کتاب\u200cها'],
  ['Arabic', 'نَمْ مبكرًا، ثمّ استيقظ في الساعة ٧.'],
  ['Arabic with an end of verse', 'آية \u06dd'],
  ['Urdu', 'آپ کی نیند اچھی ہے۔'],
  ['Hindi', 'क्\u200dष और क्\u200cष अलग हैं।'],
  ['Bengali', 'র\u200d্যাব'],
  ['Malayalam', 'അവന്\u200d വന്നു'],
  ['Sinhala', 'ශ්\u200dරී ලංකාව'],
  ['Mongolian', 'ᠬᠠᠷ\u180eᠠ ᠨ\u180bᠠ'],
  ['Thai', 'นอนน้ำทำ'],
  ['Chinese', '你好，世界！（睡眠：七小时）'],
  ['Japanese', 'よく眠れましたか？ﾊﾝｶｸ'],
  ['Korean', '잘 잤어요 ㅋㅋ'],
  ['Hebrew', 'שָׁלוֹם, לישון מוקדם'],
  ['French', 'Dormez\u00a07\u00a0h\u202f: c’est l’idéal.'],
  ['fractions and units', 'Sleep 7½ hours; 20 m², 37 ℃, x² … №5 ™'],
  ['emoji', '👩‍❤️‍👩 👨‍👩‍👧‍👦 🏃🏽‍♀️ ❤️ ☀️ 1️⃣ 🇩🇪 🏳️‍🌈 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
])('%s: the text is not damaged', (_language, text) => {
  expect(cleanText(text)).toBe(text.normalize('NFC'));
  expect(text.normalize('NFC')).toBe(text);
});

const mixed = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u200b',
      '\u200c',
      '\u200d',
      '\ufe0f',
      '\u20e3',
      '\u202e',
      '\u{e0067}',
      '\u{e007f}',
      '\u180b',
      '1',
      'a',
    ),
    fc.constantFrom('می', 'क', '्', 'ᠬ', '👩', '❤', '🏴', '🏽', '\u0301', '\u0316', '\u2028', '\ud83d'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 20,
});

test('a clean text does not change, so that drafts and replies are cleaned alike', () => {
  fc.assert(
    fc.property(mixed, (text) => {
      const clean = cleanText(text);
      expect(cleanText(clean)).toBe(clean);
    }),
    { numRuns: 5_000 },
  );
});

test('the form of a text for filters hides nothing', () => {
  expect(plainForm('＜ｂ＞\u200b𝐛𝖔𝗹𝘥 \ufb01ne')).toBe('<b>bold fine');
  expect(lettersOf('  É-c\u0336 o\u200bｌ\n7! ')).toBe('ecol7');
  fc.assert(
    fc.property(mixed, (text) => {
      expect(plainForm(text)).not.toMatch(/[\p{Default_Ignorable_Code_Point}]/u);
    }),
  );
});
