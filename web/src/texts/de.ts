import { countingIn } from './counting.ts';
import type { Texts } from './index.ts';

export { footerTexts } from './footer.de.ts';
export { listTexts } from './list.de.ts';
export { trustTexts } from './trust.de.ts';

const { count, counted, day, number, plural } = countingIn('de');
const entries = (value: number): string => counted(value, 'Eintrag', 'Einträge');

/** The words of the page for people, in German. */
export const texts: Texts = {
  language: 'Sprache',
  loading: 'Wird geladen …',
  backToStart: 'Zurück zum Anfang',
  server: {
    issues: {
      additionalProperties: 'Zu einer dieser Antworten gibt es keine Frage. Bitte laden Sie die Seite neu.',
      required: 'Bitte geben Sie hier eine Antwort.',
      blank: 'Bitte schreiben Sie etwas, oder lassen Sie das Feld leer, wenn die Frage freiwillig ist.',
      type: 'Diese Antwort passt nicht zur Frage. Bitte antworten Sie noch einmal.',
      enum: 'Bitte wählen Sie eine der Antworten.',
      oneOf: 'Bitte wählen Sie eine der Antworten.',
      minimum: 'Diese Zahl ist zu klein.',
      maximum: 'Diese Zahl ist zu groß.',
      minLength: 'Dieser Text ist zu kurz.',
      maxLength: 'Dieser Text ist zu lang.',
      pattern: 'Diese Antwort hat nicht die erwartete Form.',
      format: 'Diese Antwort hat nicht die erwartete Form.',
      minItems: 'Das sind zu wenige Antworten.',
      maxItems: 'Das sind zu viele Antworten.',
      uniqueItems: 'Dieselbe Antwort steht hier zweimal. Bitte entfernen Sie eine.',
      'x-not-future': 'Bitte geben Sie ein Datum an, das nicht in der Zukunft liegt.',
      formatMinimum: 'Dieses Datum liegt zu weit zurück.',
      formatMaximum: 'Dieses Datum ist zu spät.',
      nul: 'Dieser Text enthält ein Zeichen, das nicht gespeichert werden kann. Bitte entfernen Sie es.',
      surrogate: 'Dieser Text enthält ein Zeichen, das nicht gespeichert werden kann. Bitte entfernen Sie es.',
      'unsafe-integer': 'Diese Zahl hat zu viele Ziffern. Bitte schreiben Sie eine kürzere.',
      depth: 'Diese Antwort passt nicht zur Frage. Bitte antworten Sie noch einmal.',
      size: 'Das sind zu viele Antworten.',
    },
    refusals: {
      InvalidAnswersError: 'Einige Antworten passen nicht zum Fragebogen.',
      UnknownQuestionnaireError: 'Diesen Fragebogen gibt es nicht, oder nicht in dieser Fassung.',
      QuestionnaireWithdrawnError:
        'Diese Fassung des Fragebogens wurde zurückgezogen. Bitte füllen Sie die neueste Fassung aus.',
      IdempotencyConflictError: 'Eine frühere Fassung dieser Antworten ist schon angekommen.',
      InvalidCursorError: 'Diese Liste ist nicht mehr aktuell. Bitte laden Sie die Seite neu.',
      NotCancellableError: 'Diese Auswertung ist schon zu Ende.',
      NotFoundError: 'Diese Auswertung gehört nicht mehr zu Ihren.',
      NotRetryableError: 'Diese Auswertung wurde schon neu begonnen, oder das Ergebnis ist inzwischen da.',
      TooManyAssessmentsError: 'Im Augenblick können keine weiteren Antworten angenommen werden.',
    },
  },
  failed: {
    title: 'Diese Seite kann nicht gezeigt werden',
    page: 'Auf dieser Seite ist etwas schiefgegangen. Bitte laden Sie sie neu.',
    again: 'Noch einmal versuchen',
    mention: (requestId) => `Wenn es dabei bleibt, nennen Sie bitte ${requestId}.`,
    notFound: 'Nicht gefunden',
    missing: {
      titles: {
        offline: 'Keine Verbindung',
        updated: 'Diese Seite wurde erneuert',
        unknown: 'Diese Seite kann nicht gezeigt werden',
      },
      because: {
        offline: 'Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung.',
        updated: 'Bitte laden Sie die Seite neu.',
        unknown: 'Ein Teil dieser Seite konnte nicht geladen werden.',
      },
      load: 'Seite neu laden',
    },
  },
  errors: {
    network:
      'Der Server ist gerade nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
    cookies:
      'Diese Seite braucht ein Cookie, um Sie wiederzuerkennen, und Ihr Browser behält es nicht. Bitte erlauben Sie Cookies.',
    sessionEnded: 'Ihre Sitzung war abgelaufen, und eine neue hat begonnen. Bitte versuchen Sie es noch einmal.',
    tooOften: 'Das war etwas zu oft. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.',
    unavailable: 'Der Dienst ist gerade nicht verfügbar. Bitte versuchen Sie es in einem Augenblick noch einmal.',
    tooLarge: 'Das ist mehr, als auf einmal gesendet werden kann. Bitte kürzen Sie Ihre längste Antwort.',
    other: 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.',
    mention: (requestId) => `Wenn es wieder geschieht, nennen Sie bitte ${requestId}.`,
    againInSeconds: (seconds) => `Bitte versuchen Sie es in ${counted(seconds, 'Sekunde', 'Sekunden')} noch einmal.`,
    againInMinutes: (minutes) => `Bitte versuchen Sie es in ${counted(minutes, 'Minute', 'Minuten')} noch einmal.`,
    notYours: 'Diese Auswertung gehört nicht mehr zu Ihren.',
    alreadyEnded: 'Sie war einen Augenblick vorher zu Ende.',
    alreadyBegun: 'Sie wurde schon neu begonnen, oder das Ergebnis ist inzwischen da.',
    uncertain:
      'Es ist nicht sicher, ob das angekommen ist. Sie können es noch einmal versuchen; zweimal schadet nicht.',
  },
  frame: {
    skip: 'Zum Inhalt springen',
    nothingHere: 'Unter dieser Adresse gibt es nichts.',
    renewed:
      'Ihre Sitzung war abgelaufen, deshalb hat eine neue begonnen. Auswertungen der früheren Sitzung können nicht mehr gezeigt werden.',
    close: 'Schließen',
  },
  start: {
    heading: 'Was möchten Sie sich ansehen?',
    title: 'Anfang',
    lead: 'Wählen Sie einen Fragebogen. Sie bekommen eine Zusammenfassung und Empfehlungen, sobald sie fertig sind.',
    minutes: (minutes) => (minutes === 1 ? 'Etwa eine Minute' : `Etwa ${counted(minutes, 'Minute', 'Minuten')}`),
    begin: 'Beginnen',
    goOn: (answered, of) => `Fortsetzen, ${count(answered)} von ${count(of)}`,
    call: (call, title) => `${call}: ${title}`,
  },
  startOver: {
    call: 'Von vorn beginnen',
    question: 'Von vorn beginnen? Alle Antworten dieses Fragebogens werden entfernt.',
    yes: 'Ja, entfernen',
    no: 'Antworten behalten',
  },
  intro: {
    questions: (questions) => counted(questions, 'Frage', 'Fragen'),
    device:
      'Ihre Antworten bleiben auf diesem Gerät, bis Sie sie senden. Sie können diese Seite schließen und später fortfahren.',
    begin: 'Beginnen',
    about: 'Über diesen Fragebogen',
  },
  form: {
    missing: 'Diesen Fragebogen gibt es nicht.',
    withdrawn:
      'Diese Fassung des Fragebogens wurde zurückgezogen, deshalb können diese Antworten nicht gesendet werden. Bitte beginnen Sie neu.',
    pageOf: (page, of) => `Seite ${count(page)} von ${count(of)}`,
    title: (page, of, heading, questionnaire) => `Seite ${count(page)} von ${count(of)}: ${heading} · ${questionnaire}`,
    errorTitle: (title) => `Fehler: ${title}`,
    answered: (answered, of) => `${count(answered)} von ${count(of)} beantwortet`,
    saved: 'Auf diesem Gerät gespeichert',
    notSaved:
      'Ihre Antworten können auf diesem Gerät nicht gespeichert werden. Bitte lassen Sie diese Seite offen, bis Sie sie gesendet haben.',
    gone: 'Diese Antworten wurden in einem anderen Tab gesendet oder entfernt, deshalb beginnt der Fragebogen neu.',
    allRequired: 'Bitte beantworten Sie alle Fragen auf dieser Seite.',
    mostRequired: 'Bitte beantworten Sie alle Fragen, die nicht als freiwillig bezeichnet sind.',
    keyboard: 'Auf einer Tastatur beantwortet eine Zifferntaste die Frage und geht zur nächsten.',
    optional: 'freiwillig',
    next: 'Nächste Seite',
    back: 'Zurück',
    send: 'Antworten senden',
    sending: 'Wird gesendet …',
    problems: (problems) =>
      `${problems === 1 ? 'Eine Frage' : `${count(problems)} Fragen`} auf dieser Seite ${plural(problems, 'braucht', 'brauchen')} Ihre Aufmerksamkeit.`,
    sendAsNew: 'Diese Antworten als neue Auswertung senden',
  },
  question: {
    step: (value, words) => `${value}, ${words}`,
    end: (value, words) => `${value}: ${words}`,
    clear: 'Antwort löschen',
    decline: 'Keine Angabe',
    notAnswered: 'noch nicht beantwortet',
    less: 'Weniger',
    more: 'Mehr',
    pleaseChoose: 'Bitte wählen',
    yes: 'Ja',
    no: 'Nein',
    otherLabel: (label) => `${label}, in eigenen Worten`,
    chooseExactly: (exactly) => `Wählen Sie ${count(exactly)}.`,
    chooseBetween: (least, most) => `Wählen Sie ${count(least)} bis ${count(most)}.`,
    chooseUpTo: (most) => `Wählen Sie bis zu ${count(most)}.`,
    chosen: (chosen, of) => `${count(chosen)} von ${count(of)} gewählt`,
    full: (most) =>
      `Sie haben ${count(most)} gewählt, mehr sind nicht möglich. Nehmen Sie eine Antwort zurück, um eine andere zu wählen.`,
    form: (form) => `In dieser Form: ${form}`,
    count: (length, of) => `${count(length)} von ${count(of)} Zeichen`,
    entry: (place) => `Eintrag ${count(place)}`,
    addEntry: 'Weiteren hinzufügen',
    removeEntry: (place) => `Eintrag ${count(place)} entfernen`,
  },
  check: {
    choose: 'Bitte wählen Sie eine Antwort.',
    write: 'Bitte schreiben Sie eine Antwort.',
    giveNumber: 'Bitte schreiben Sie eine Zahl.',
    giveDate: 'Bitte geben Sie ein Datum an.',
    notOffered: 'Bitte wählen Sie aus den Antworten.',
    writeOther: 'Bitte schreiben Sie eigene Worte, oder wählen Sie eine der Antworten.',
    twice: 'Dieselbe Antwort steht hier zweimal. Bitte entfernen Sie eine.',
    chooseAtLeast: (least) => `Bitte wählen Sie mindestens ${count(least)}.`,
    chooseAtMost: (most) => `Bitte wählen Sie höchstens ${count(most)}.`,
    writeAtLeast: (least) => `Bitte machen Sie mindestens ${entries(least)}.`,
    writeAtMost: (most) => `Bitte machen Sie höchstens ${entries(most)}.`,
    noNumber: 'Bitte schreiben Sie eine Zahl in Ziffern.',
    noWholeNumber: 'Bitte schreiben Sie eine ganze Zahl ohne Nachkommastellen.',
    atLeast: (minimum) => `Bitte schreiben Sie eine Zahl, die mindestens ${number(minimum)} ist.`,
    atMost: (maximum) => `Bitte schreiben Sie eine Zahl, die höchstens ${number(maximum)} ist.`,
    numberTooLarge: 'Diese Zahl hat zu viele Ziffern. Bitte schreiben Sie eine kürzere.',
    noDate: 'Bitte geben Sie ein ganzes Datum an: Tag, Monat und Jahr.',
    notBefore: (earliest) => `Bitte geben Sie ein Datum an, das nicht vor dem ${day(earliest)} liegt.`,
    notAfter: (latest) => `Bitte geben Sie ein Datum an, das nicht nach dem ${day(latest)} liegt.`,
    notFuture: 'Bitte geben Sie ein Datum an, das nicht in der Zukunft liegt.',
    noEmail: 'Bitte schreiben Sie eine E-Mail-Adresse wie name@example.com.',
    form: (form) => `Bitte schreiben Sie es in dieser Form: ${form}.`,
    otherForm: 'Diese Antwort hat nicht die erwartete Form.',
    shorten: (by) => `Bitte kürzen Sie dies um ${count(by)} Zeichen.`,
    longer: (least) => `Bitte schreiben Sie mindestens ${count(least)} Zeichen.`,
    unstorable: 'Dieser Text enthält ein Zeichen, das nicht gespeichert werden kann. Bitte entfernen Sie es.',
  },
  sending: {
    conflict: 'Eine frühere Fassung dieser Antworten ist schon angekommen; Sie finden sie unter „Ihre Auswertungen“.',
    failed: 'Etwas ist schiefgegangen. Bitte senden Sie Ihre Antworten noch einmal.',
    uncertain:
      'Es ist nicht sicher, ob Ihre Antworten angekommen sind. Sie bleiben hier erhalten: Bitte senden Sie sie noch einmal, sie zählen nicht doppelt.',
    sessionEnded:
      'Ihre Sitzung war abgelaufen, und eine neue hat begonnen. Ihre Antworten bleiben hier erhalten: Bitte senden Sie sie noch einmal.',
  },
  sealed: {
    heading: (title) => `Ihre Antworten zu „${title}“ sind bereit.`,
    waiting: 'Sie werden gesendet, sobald Sie online sind. Sie können diese Seite schließen.',
    waitingHere:
      'Sie werden gesendet, sobald Sie online sind. Bitte lassen Sie diese Seite offen: Auf diesem Gerät können sie nicht gespeichert werden.',
    change: 'Antworten ändern',
    sent: (title) => `Ihre Antworten zu „${title}“ wurden gesendet.`,
    open: 'Zum Ergebnis',
    refused: (title) => `Ihre Antworten zu „${title}“ konnten nicht gesendet werden.`,
    openForm: 'Zum Fragebogen',
  },
};
