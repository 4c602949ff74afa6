import type { FailureCode } from '../gql/graphql.ts';
import { countingIn } from './counting.ts';
import type { ResultTexts } from './result.ts';

const { count, counted, difference, number, plural } = countingIn('de');

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const inLine = (place: number): string => (place === 1 ? 'als Nächstes an der Reihe' : `an ${count(place)}. Stelle`);

const failures: Record<FailureCode, string> = {
  AI_INVALID_OUTPUT:
    'Die Empfehlungen, die für Sie geschrieben wurden, waren nicht brauchbar. Ein neuer Versuch hilft meistens.',
  AI_REFUSED:
    'Zu diesen Antworten konnten keine Empfehlungen geschrieben werden. Vielleicht hilft es, den freien Text zu ändern.',
  AI_REJECTED:
    'Die Empfehlungen konnten nicht geschrieben werden: Die Anfrage wurde nicht angenommen. Der Betreiber ist benachrichtigt.',
  ATTEMPTS_EXHAUSTED:
    'Die Empfehlungen konnten trotz mehrerer Versuche nicht geschrieben werden. Bitte versuchen Sie es später noch einmal.',
};

/** The words of the waiting and the result, and of what has changed over time, in German. */
export const resultTexts: ResultTexts = {
  number,
  sent: 'Gesendet',

  titles: {
    ready: (title) => `Fertig: ${title}`,
    waiting: (title) => `In Arbeit: ${title}`,
    failed: (title) => `Nicht geschrieben: ${title}`,
    cancelled: (title) => `Angehalten: ${title}`,
    answers: (title) => `Ihre Antworten: ${title}`,
  },

  steps: {
    label: 'Fortschritt',
    sent: 'Gesendet',
    inLine: 'In der Reihe',
    writing: 'Schreiben',
    ready: 'Fertig',
    done: 'erledigt',
  },

  waiting: {
    place: (place) => capitalized(inLine(place)),
    anyPlace: 'Wartet, bis sie an der Reihe ist',
    until: (words, duration) => `${words}, Ergebnis in ${duration}`,
    busy: (time) => `Der Schreibdienst ist ausgelastet. Um ${time} wird es von selbst noch einmal versucht.`,
    begun: 'Jetzt in Arbeit',
    writing: 'Wird jetzt geschrieben',
    written: (written) => `Wird geschrieben: bisher ${count(written)}`,
    ready: 'Ihr Ergebnis ist fertig.',
    hint: 'Ihr Ergebnis erscheint hier von selbst. Sie können diese Seite schließen und wiederkommen: Es bleibt erhalten.',
    provisional: 'Vorläufig: Es kann sich noch ändern, bis es vollständig ist.',
    lost: 'Die Verbindung ist gerade unterbrochen. Es geht nichts verloren: Sie wird von selbst wieder aufgebaut.',
  },

  durations: {
    seconds: (seconds) => `etwa ${counted(seconds, 'Sekunde', 'Sekunden')}`,
    minutes: (minutes) => (minutes === 1 ? 'etwa einer Minute' : `etwa ${counted(minutes, 'Minute', 'Minuten')}`),
    hours: (hours) => (hours === 1 ? 'etwa einer Stunde' : `etwa ${counted(hours, 'Stunde', 'Stunden')}`),
  },

  spoken: {
    lost: 'Verbindung unterbrochen. Sie wird wieder aufgebaut.',
    busy: 'Der Schreibdienst ist ausgelastet. Es wird von selbst noch einmal versucht.',
    farInLine: 'Ihre Antworten warten in der Reihe.',
    inLine: (place) => `Ihre Antworten warten: ${inLine(place)}.`,
    soon: 'Ihre Antworten warten: Sie sind bald an der Reihe.',
    begun: 'Ihre Antworten werden jetzt bearbeitet.',
    firstPart: 'Ein erster Teil steht weiter unten.',
    firstAdvice: 'Die ersten Empfehlungen stehen weiter unten und können sich noch ändern.',
    ready: 'Das Ergebnis ist da.',
    cancelled: 'Es ist abgebrochen.',
  },

  cancel: {
    call: 'Schreiben anhalten',
    question: 'Schreiben anhalten? Ihre Antworten und Ihr Profil bleiben erhalten.',
    yes: 'Ja, anhalten',
    no: 'Weiter warten',
    busy: 'Wird angehalten …',
  },

  ends: {
    failures,
    failedHeading: 'Die Empfehlungen konnten nicht geschrieben werden',
    failed: 'Zu diesen Antworten konnten keine Empfehlungen geschrieben werden.',
    keptForRetry:
      'Ihre Antworten und Ihr Profil bleiben erhalten. Sie können es damit noch einmal versuchen, oder die Antworten ändern und als neue Auswertung senden.',
    keptForChange:
      'Ihre Antworten und Ihr Profil bleiben erhalten. Sie können Ihre Antworten ansehen, ändern und als neue Auswertung senden.',
    cancelled: 'Das Schreiben wurde angehalten. Ihre Antworten und Ihr Profil bleiben erhalten.',
    retry: 'Noch einmal versuchen',
    busy: 'Einen Augenblick …',
    refill: 'Antworten ansehen und neu senden',
    details: 'Einzelheiten',
    code: 'Grund',
    assessment: 'Auswertung',
  },

  profile: {
    heading: 'Ihr Profil',
    now: 'jetzt',
    band: (from, to) => `${number(from)}–${number(to)}`,
    traits:
      'Punkte zeigen, wie weit Sie von der Mitte entfernt sind. Keine Seite ist besser. Das graue Band ist die Mitte der Skala; über andere Menschen sagt es nichts.',
    worse: 'Eine höhere Zahl bedeutet mehr Belastung.',
    value: (value, maximum, unit) =>
      [number(value), maximum === undefined ? undefined : `von ${number(maximum)}`, unit].filter(Boolean).join(' '),
    tooFew: (answered, of) => `zu wenige Antworten (${count(answered)} von ${count(of)})`,
    from: (answered, of) => `aus ${count(answered)} von ${count(of)} Antworten`,
    change: (value, date) => (value === 0 ? `wie zuvor (${date})` : `${difference(value)} seit ${date}`),
    facets: (facets) => counted(facets, 'Facette', 'Facetten'),
    table: 'Als Tabelle zeigen',
    columns: {
      area: 'Bereich',
      value: 'Wert',
      band: 'Stufe',
      range: 'Skala',
      answers: 'Antworten',
      before: 'Zuvor',
    },
    range: (from, to) => `${number(from)} bis ${number(to)}`,
    answers: (answered, of) => `${count(answered)} von ${count(of)}`,
    none: '–',
  },

  advice: {
    summary: 'Zusammenfassung',
    heading: 'Empfehlungen',
    priorities: { HIGH: 'Hohe Priorität', MEDIUM: 'Mittlere Priorität', LOW: 'Niedrige Priorität' },
    action: 'Was Sie tun können',
    done: 'Erledigt',
    doneOf: (title) => `Erledigt: ${title}`,
    more: (more) => counted(more, 'weitere Empfehlung', 'weitere Empfehlungen'),
    toArea: (area) => `${area}: zu Ihrem Profil`,
  },

  about: {
    heading: 'Zu diesem Ergebnis',
    numbers:
      'Die Zahlen sind nach den Regeln des Fragebogens aus Ihren Antworten berechnet, ohne KI. Sie beschreiben Ihre Antworten; sie sind keine Prozentränge und vergleichen Sie mit niemandem.',
    noDiagnosis:
      'Das Ergebnis hilft beim Nachdenken und ist keine Diagnose. Es ersetzt keinen Rat von einer Fachperson.',
    model: (model, prompt) =>
      `Zusammenfassung und Empfehlungen hat ein KI-Modell (${model}, Anweisungen ${prompt}) aus diesen Antworten geschrieben. Sie können falsch sein.`,
    version: (version) => `Fassung ${count(version)}`,
  },

  actions: {
    label: 'Was Sie damit tun können',
    print: 'Drucken oder als PDF sichern',
    download: 'Herunterladen (JSON)',
    answers: 'Ihre Antworten',
    again: 'Noch einmal ausfüllen',
    delete: {
      call: 'Löschen',
      question: 'Diese Auswertung mit ihren Antworten und ihrem Ergebnis endgültig löschen?',
      yes: 'Ja, löschen',
      no: 'Behalten',
      busy: 'Wird gelöscht …',
    },
    deleteAll: {
      call: 'Alles löschen',
      question: 'Alle Ihre Auswertungen endgültig löschen?',
      yes: 'Ja, alle löschen',
      no: 'Behalten',
      busy: 'Wird gelöscht …',
    },
  },

  elsewhere: {
    heading: 'Dieses Ergebnis gehört zu einem anderen Browser',
    why: 'Ergebnisse werden nur in dem Browser gezeigt, der die Antworten gesendet hat. Hier gibt es keines mit dieser Adresse.',
    how: 'Öffnen Sie diese Adresse in dem Browser, in dem Sie geantwortet haben, auf demselben Gerät und nicht in einem privaten Fenster.',
    gone: 'Wenn dies der Browser ist, wurde das Ergebnis gelöscht, oder seine Cookies wurden entfernt, oder er wurde lange nicht benutzt.',
  },
  unknown: 'Diese Auswertung gibt es nicht.',

  answers: {
    heading: 'Ihre Antworten',
    none: 'keine Antwort',
    declined: 'keine Angabe',
    yes: 'Ja',
    no: 'Nein',
    end: (value, words) => (words === null ? number(value) : `${number(value)}, ${words}`),
    row: (matrix, row) => `${matrix}: ${row}`,
    toResult: 'Zurück zum Ergebnis',
  },

  trend: {
    heading: 'Im Lauf der Zeit:',
    table: (title) => `Werte von ${title}`,
    of: (results, from, to) =>
      `${count(results)} ${plural(results, 'Ergebnis', 'Ergebnisse')}, ${from === to ? from : `${from} bis ${to}`}`,
    points: 'Jeder Punkt führt zu seinem Ergebnis; die Pfeiltasten gehen vom einen zum nächsten.',
    point: (moment, value) => `${moment}: ${value}`,
    date: 'Datum',
  },

  print: (title, date) => `Assay – ${title} – ${date}`,
};
