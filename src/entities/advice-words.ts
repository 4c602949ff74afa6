import type { Recommendation } from './result.ts';

type Extreme = { area: string; value: string };

/** The sentences around a questionnaire's own advice. */
export type AdviceWords = {
  /** "11 of 27 points" */
  value: (raw: number, maximum: number, unit: string | null) => string;
  valueOfArea: (area: string, value: string) => string;
  wished: string;
  answered: (question: string, answer: string) => string;
  onScale: (answer: string, low: string, high: string) => string;
  extremes: (title: string, highest: Extreme, lowest: Extreme) => string;
  noExtremes: (title: string) => string;
  beginWithWishes: (wishes: readonly string[]) => string;
  begin: string;
  demo: string;
  nothingToGoBy: Recommendation;
};

const numberIn =
  (language: string) =>
  (value: number): string =>
    new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 3 }).format(value);
const listIn =
  (language: string) =>
  (items: readonly string[]): string =>
    new Intl.ListFormat(language).format(items);

const [englishNumber, englishList] = [numberIn('en'), listIn('en')];
const ENGLISH: AdviceWords = {
  value: (raw, maximum, unit) => `${englishNumber(raw)} of ${englishNumber(maximum)}${unit === null ? '' : ` ${unit}`}`,
  valueOfArea: (area, value) => `Your value for ${area} is ${value}.`,
  wished: 'You would like to change this.',
  onScale: (answer, low, high) => `${answer} on a scale from ${low} to ${high}`,
  answered: (question, answer) => `To “${question}” you answered “${answer}”.`,
  extremes: (title, highest, lowest) =>
    `In “${title}”, your value is highest for ${highest.area} (${highest.value}) and lowest for ${lowest.area} (${lowest.value}).`,
  noExtremes: (title) => `These suggestions go with your answers to “${title}”.`,
  beginWithWishes: (wishes) =>
    `You would like to change something about ${englishList(wishes)}: the suggestions begin there.`,
  begin: 'The suggestions begin where a small change is likely to help most.',
  demo: 'They come from the demo model, which goes by your scores alone and does not read what you wrote in your own words.',
  nothingToGoBy: {
    title: 'Answer a few more questions',
    rationale: 'Too few of your answers count towards an area that has advice, so there is nothing to go by.',
    action: 'Fill in the questionnaire once more, with those questions that you left out.',
    area: null,
    priority: 'LOW',
  },
};

const [germanNumber, germanList] = [numberIn('de'), listIn('de')];
const GERMAN: AdviceWords = {
  value: (raw, maximum, unit) => `${germanNumber(raw)} von ${germanNumber(maximum)}${unit === null ? '' : ` ${unit}`}`,
  valueOfArea: (area, value) => `Ihr Wert für ${area} ist ${value}.`,
  wished: 'Das möchten Sie ändern.',
  onScale: (answer, low, high) => `${answer} auf einer Skala von ${low} bis ${high}`,
  answered: (question, answer) => `Auf „${question}“ haben Sie „${answer}“ geantwortet.`,
  extremes: (title, highest, lowest) =>
    `Bei „${title}“ ist Ihr Wert am höchsten für ${highest.area} (${highest.value}) und am niedrigsten für ${lowest.area} (${lowest.value}).`,
  noExtremes: (title) => `Diese Vorschläge gehören zu Ihren Antworten auf „${title}“.`,
  beginWithWishes: (wishes) => `Sie möchten etwas ändern an: ${germanList(wishes)}. Dort beginnen die Vorschläge.`,
  begin: 'Die Vorschläge beginnen dort, wo eine kleine Änderung wahrscheinlich am meisten hilft.',
  demo: 'Sie kommen vom Demo-Modell: Es richtet sich allein nach Ihren Werten und liest nicht, was Sie in eigenen Worten geschrieben haben.',
  nothingToGoBy: {
    title: 'Noch einige Fragen beantworten',
    rationale: 'Zu wenige Ihrer Antworten zählen für einen Bereich, zu dem es Vorschläge gibt.',
    action: 'Füllen Sie den Fragebogen noch einmal aus, mit den Fragen, die Sie ausgelassen haben.',
    area: null,
    priority: 'LOW',
  },
};

const WORDS: Readonly<Record<string, AdviceWords>> = { en: ENGLISH, de: GERMAN };

/** In English where there are none in the language. */
export const adviceWords = (language: string): AdviceWords => WORDS[language.split('-')[0] ?? ''] ?? ENGLISH;
