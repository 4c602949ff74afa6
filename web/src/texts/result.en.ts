import type { FailureCode } from '../gql/graphql.ts';
import { countingIn } from './counting.ts';

const language = 'en';
const { count: digits, counted, difference, number } = countingIn(language);

const ordinals = new Intl.PluralRules(language, { type: 'ordinal' });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = (count: number): string => `${digits(count)}${ENDINGS[ordinals.select(count)] ?? 'th'}`;

const inLine = (place: number): string => (place === 1 ? 'next in line' : `${ordinal(place)} in line`);
const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** The server's messages are English: there are no other words for them in this language. */
const failures: Partial<Record<FailureCode, string>> = {};

/** The words of the waiting and the result, and of what has changed over time. */
export const resultTexts = {
  number,
  sent: 'Sent',

  titles: {
    ready: (title: string) => `Ready: ${title}`,
    waiting: (title: string) => `Waiting: ${title}`,
    failed: (title: string) => `Not written: ${title}`,
    cancelled: (title: string) => `Stopped: ${title}`,
    answers: (title: string) => `Your answers: ${title}`,
  },

  steps: {
    label: 'Progress',
    sent: 'Sent',
    inLine: 'In line',
    writing: 'Writing',
    ready: 'Ready',
    done: 'done',
  },

  waiting: {
    place: (place: number) => capitalized(inLine(place)),
    anyPlace: 'Waiting for its turn',
    /** `duration`: of `durations`. */
    until: (words: string, duration: string) => `${words}, result in ${duration}`,
    busy: (time: string) => `The writing service is busy. It is tried again at ${time} by itself.`,
    begun: 'Being worked on now',
    writing: 'Being written now',
    written: (count: number) => `Being written: ${digits(count)} so far`,
    ready: 'Your result is ready.',
    hint: 'Your result appears here by itself. You may close this page and come back: it is kept.',
    provisional: 'Provisional: it may change until it is complete.',
    lost: 'The connection is lost at the moment. Nothing is lost with it: it is being opened again.',
  },

  durations: {
    seconds: (seconds: number) => `about ${seconds} seconds`,
    minutes: (minutes: number) => (minutes === 1 ? 'about a minute' : `about ${minutes} minutes`),
    hours: (hours: number) => (hours === 1 ? 'about an hour' : `about ${hours} hours`),
  },

  /** For a screen reader, which reads out each change: so these change seldom. */
  spoken: {
    lost: 'Connection lost. It is being opened again.',
    busy: 'The writing service is busy. Your answers are tried again by themselves.',
    farInLine: 'Your answers wait in line.',
    inLine: (place: number) => `Your answers wait: ${inLine(place)}.`,
    soon: 'Your answers wait: they have their turn soon.',
    begun: 'Your answers are being worked on.',
    firstPart: 'A first part is shown below.',
    firstAdvice: 'The first recommendations are shown below, and may still change.',
    ready: 'The result is here.',
    cancelled: 'It is cancelled.',
  },

  cancel: {
    call: 'Stop the writing',
    question: 'Stop the writing? Your answers and your profile are kept.',
    yes: 'Yes, stop',
    no: 'Keep waiting',
    busy: 'Stopping …',
  },

  ends: {
    failures,
    failedHeading: 'The advice could not be written',
    failed: 'No advice could be written from these answers.',
    keptForRetry:
      'Your answers and your profile are kept. You can try again with them, or change them and send them as a new assessment.',
    keptForChange:
      'Your answers and your profile are kept. You can look at your answers, change them and send them as a new assessment.',
    cancelled: 'The writing was stopped. Your answers and your profile are kept.',
    retry: 'Try again',
    busy: 'One moment …',
    refill: 'Look at the answers and send again',
    details: 'Details',
    code: 'Reason',
    assessment: 'Assessment',
  },

  profile: {
    heading: 'Your profile',
    now: 'now',
    /** In a legend of bands, such as “low 0–39”. */
    band: (from: number, to: number) => `${number(from)}–${number(to)}`,
    traits:
      'Dots show how far you are from the middle. Neither side is better. The grey band is the middle of the scale; it says nothing of other people.',
    worse: 'A higher number means more strain.',
    /** The range is left out of a percentage. */
    value: (value: number, maximum: number | undefined, unit: string | null) =>
      [number(value), maximum === undefined ? undefined : `of ${number(maximum)}`, unit].filter(Boolean).join(' '),
    tooFew: (answered: number, of: number) => `too few answers (${answered} of ${of})`,
    from: (answered: number, of: number) => `from ${answered} of ${of} answers`,
    change: (value: number, date: string) =>
      value === 0 ? `as before (${date})` : `${difference(value)} since ${date}`,
    facets: (count: number) => counted(count, 'facet', 'facets'),
    table: 'Show as a table',
    columns: { area: 'Area', value: 'Value', band: 'Band', range: 'Range', answers: 'Answers', before: 'Before' },
    range: (from: number, to: number) => `${number(from)} to ${number(to)}`,
    answers: (answered: number, of: number) => `${answered} of ${of}`,
    none: '–',
  },

  advice: {
    summary: 'Summary',
    heading: 'Recommendations',
    priorities: { HIGH: 'High priority', MEDIUM: 'Medium priority', LOW: 'Low priority' },
    action: 'What to do',
    done: 'Done',
    doneOf: (title: string) => `Done: ${title}`,
    more: (count: number) => counted(count, 'more recommendation', 'more recommendations'),
    toArea: (area: string) => `${area}: to your profile`,
  },

  about: {
    heading: 'About this result',
    numbers:
      'The numbers are computed from your answers by the rules of the questionnaire, without AI. They describe your answers; they are no percentile and compare you with nobody.',
    noDiagnosis: 'It is a way to reflect, not a diagnosis. It does not replace advice from a professional.',
    model: (model: string, prompt: string) =>
      `Summary and recommendations were written by an AI model (${model}, instructions ${prompt}) from these answers. They can be wrong.`,
    version: (version: number) => `version ${version}`,
  },

  actions: {
    label: 'What you can do with it',
    print: 'Print or save as PDF',
    download: 'Download (JSON)',
    answers: 'Your answers',
    again: 'Take it again',
    delete: {
      call: 'Delete',
      question: 'Delete this assessment with its answers and its result, for good?',
      yes: 'Yes, delete it',
      no: 'Keep it',
      busy: 'Deleting …',
    },
    deleteAll: {
      call: 'Delete everything',
      question: 'Delete all your assessments, for good?',
      yes: 'Yes, delete all',
      no: 'Keep them',
      busy: 'Deleting …',
    },
  },

  elsewhere: {
    heading: 'This result belongs to another browser',
    why: 'Results are shown only in the browser that sent the answers. Here there is none with this address.',
    how: 'Open this address in the browser in which you answered, on the same device and not in a private window.',
    gone: 'If this is that browser, the result was deleted, or its cookies were removed, or it was not used for a long time.',
  },
  unknown: 'There is no such assessment.',

  answers: {
    heading: 'Your answers',
    none: 'no answer',
    declined: 'preferred not to say',
    yes: 'Yes',
    no: 'No',
    end: (value: number, words: string | null) => (words === null ? number(value) : `${number(value)}, ${words}`),
    row: (matrix: string, row: string) => `${matrix}: ${row}`,
    toResult: 'Back to the result',
  },

  trend: {
    heading: 'Over time:',
    table: (title: string) => `Values of ${title}`,
    of: (count: number, from: string, to: string) =>
      `${counted(count, 'result', 'results')}, ${from === to ? from : `${from} to ${to}`}`,
    points: 'Each point leads to its result; the arrow keys go from one to the next.',
    point: (moment: string, value: string) => `${moment}: ${value}`,
    date: 'Date',
  },

  print: (title: string, date: string) => `Assay – ${title} – ${date}`,
};
