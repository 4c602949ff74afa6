import { countingIn } from './counting.ts';
import type { OwnWords } from './server-words.ts';

const { counted, day, number } = countingIn('en');
const characters = (count: number): string => counted(count, 'character', 'characters');

/** The server's messages are English: there are no other words for them in this language. */
const server: OwnWords = { issues: {}, refusals: {} };

/** The words of the page for people. */
export const en = {
  language: 'Language',
  loading: 'Loading …',
  backToStart: 'Back to the start',
  server,
  failed: {
    title: 'This page cannot be shown',
    page: 'Something in this page went wrong. Please load it again.',
    again: 'Try again',
    mention: (requestId: string) => `If it stays like this, please mention ${requestId}.`,
    notFound: 'Not found',
    /** Of a part of the page that is loaded when it is needed. */
    missing: {
      titles: {
        offline: 'No connection',
        updated: 'This page has been updated',
        unknown: 'This page cannot be shown',
      },
      because: {
        offline:
          'This part of the page could not be loaded, because the server cannot be reached. Check your connection.',
        updated: 'There is a newer version of this page. Load it again to go on.',
        unknown: 'A part of this page could not be loaded.',
      },
      load: 'Load the page again',
    },
  },
  errors: {
    network: 'The server cannot be reached at the moment. Please check your connection and try again.',
    cookies: 'This page needs a cookie to remember you, and your browser does not keep it. Please allow cookies.',
    sessionEnded: 'Your session had ended, and a new one was started. Please try again.',
    tooOften: 'That was a little too often. Please wait a minute, then try again.',
    unavailable: 'The service is not available right now. Please try again in a moment.',
    tooLarge: 'That is more than can be sent at once. Please shorten your longest answer.',
    other: 'Something went wrong. Please try again.',
    mention: (requestId: string) => `If it happens again, please mention ${requestId}.`,
    againInSeconds: (seconds: number) => `Please try again in ${counted(seconds, 'second', 'seconds')}.`,
    againInMinutes: (minutes: number) => `Please try again in ${counted(minutes, 'minute', 'minutes')}.`,
    notYours: 'This assessment is not among yours any more.',
    alreadyEnded: 'It came to its end a moment before.',
    alreadyBegun: 'It was begun again already, or it has its result by now.',
    uncertain: 'It is not certain that this has arrived. You can try it again; twice does no harm.',
  },
  frame: {
    skip: 'Skip to the content',
    nothingHere: 'There is nothing at this address.',
    renewed:
      'Your session had ended, so a new one was started. Assessments of the earlier session cannot be shown any more.',
    close: 'Close',
  },
  start: {
    heading: 'What would you like to look at?',
    title: 'Start',
    lead: 'Choose a questionnaire. You get a summary and recommendations as soon as they are ready.',
    minutes: (minutes: number) => (minutes === 1 ? 'About a minute' : `About ${counted(minutes, 'minute', 'minutes')}`),
    begin: 'Start',
    goOn: (answered: number, of: number) => `Continue, ${answered} of ${of}`,
    call: (call: string, title: string) => `${call}: ${title}`,
  },
  startOver: {
    call: 'Start over',
    question: 'Start over? All answers of this form are removed.',
    yes: 'Yes, remove them',
    no: 'Keep my answers',
  },
  intro: {
    questions: (count: number) => counted(count, 'question', 'questions'),
    device: 'Your answers stay on this device until you send them. You can close this page and go on later.',
    begin: 'Begin',
    about: 'About this questionnaire',
  },
  form: {
    missing: 'There is no such questionnaire.',
    withdrawn:
      'This version of the questionnaire is no longer offered, so these answers cannot be sent. Start over to fill in the newest one.',
    pageOf: (page: number, of: number) => `Page ${page} of ${of}`,
    title: (page: number, of: number, heading: string, questionnaire: string) =>
      `Page ${page} of ${of}: ${heading} · ${questionnaire}`,
    errorTitle: (title: string) => `Error: ${title}`,
    answered: (answered: number, of: number) => `${answered} of ${of} answered`,
    saved: 'Saved on this device',
    notSaved: 'Your answers cannot be saved on this device. Please keep this page open until you have sent them.',
    gone: 'These answers were sent or removed in another tab, so the form begins anew.',
    allRequired: 'All questions on this page are required.',
    mostRequired: 'All questions are required, except those marked optional.',
    keyboard: 'On a keyboard, a number key answers a question and goes on to the next.',
    optional: 'optional',
    next: 'Next page',
    back: 'Back',
    send: 'Send answers',
    sending: 'Sending …',
    problems: (count: number) =>
      `${count === 1 ? 'One question on this page needs' : `${count} questions on this page need`} your attention.`,
    sendAsNew: 'Send these answers as a new assessment',
  },
  question: {
    step: (value: number | string, words: string) => `${value}, ${words}`,
    end: (value: number | string, words: string) => `${value}: ${words}`,
    clear: 'Clear the answer',
    decline: 'Prefer not to say',
    notAnswered: 'not answered yet',
    less: 'Less',
    more: 'More',
    pleaseChoose: 'Please choose',
    yes: 'Yes',
    no: 'No',
    otherLabel: (label: string) => `${label}, in your own words`,
    chooseExactly: (count: number) => `Choose ${count}.`,
    chooseBetween: (least: number, most: number) => `Choose ${least} to ${most}.`,
    chooseUpTo: (most: number) => `Choose up to ${most}.`,
    chosen: (count: number, of: number) => `${count} of ${of} chosen`,
    full: (most: number) => `You have chosen ${most}, which is the most. Take one back to choose another.`,
    form: (form: string) => `In this form: ${form}`,
    count: (length: number, of: number) => `${length} of ${of} characters`,
    entry: (place: number) => `Entry ${place}`,
    addEntry: 'Add another',
    removeEntry: (place: number) => `Remove entry ${place}`,
  },
  check: {
    choose: 'Please choose an answer.',
    write: 'Please write an answer.',
    giveNumber: 'Please write a number.',
    giveDate: 'Please give a date.',
    notOffered: 'Please choose from the answers.',
    writeOther: 'Please write your own words, or choose one of the answers.',
    twice: 'The same answer stands here twice. Please remove one.',
    chooseAtLeast: (count: number) => `Please choose at least ${count}.`,
    chooseAtMost: (count: number) => `Please choose at most ${count}.`,
    writeAtLeast: (count: number) => `Please give at least ${count} entries.`,
    writeAtMost: (count: number) => `Please give at most ${count} entries.`,
    noNumber: 'Please write a number, in digits.',
    noWholeNumber: 'Please write a whole number, without decimals.',
    atLeast: (minimum: number) => `Please write a number of at least ${number(minimum)}.`,
    atMost: (maximum: number) => `Please write a number of at most ${number(maximum)}.`,
    numberTooLarge: 'This number has too many digits. Please write a shorter one.',
    noDate: 'Please give a whole date: day, month and year.',
    notBefore: (earliest: string) => `Please give a date that is not before ${day(earliest)}.`,
    notAfter: (latest: string) => `Please give a date that is not after ${day(latest)}.`,
    notFuture: 'Please give a date that is not in the future.',
    noEmail: 'Please write an e-mail address such as name@example.com.',
    form: (form: string) => `Please write it in this form: ${form}.`,
    otherForm: 'This answer does not have the expected form.',
    shorten: (count: number) => `Please shorten this by ${characters(count)}.`,
    longer: (count: number) => `Please write at least ${characters(count)}.`,
    unstorable: 'This text has a character that cannot be stored. Please remove it.',
  },
  sending: {
    conflict: 'An earlier version of these answers has already arrived; you find it under “Your assessments”.',
    failed: 'Something went wrong. Please send your answers again.',
    uncertain:
      'It is not certain that your answers arrived. They are kept here: please send them again, they will not count twice.',
    sessionEnded:
      'Your session had ended, and a new one was started. Your answers are kept here: please send them again.',
  },
  sealed: {
    heading: (title: string) => `Your answers to “${title}” are ready.`,
    waiting: 'They will be sent as soon as you are online. You may close this page.',
    waitingHere:
      'They will be sent as soon as you are online. Please keep this page open: they cannot be saved on this device.',
    change: 'Change the answers',
    sent: (title: string) => `Your answers to “${title}” have been sent.`,
    open: 'Go to the result',
    refused: (title: string) => `Your answers to “${title}” could not be sent.`,
    openForm: 'Go to the form',
  },
};
