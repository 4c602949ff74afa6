import type { TrustTexts } from './index.ts';

const assessments = (count: number): string => (count === 1 ? 'Eine Auswertung' : `${count} Auswertungen`);

export const trustTexts: TrustTexts = {
  help: {
    because: (titles) => `Ihre Antworten berühren: ${titles.join(', ')}`,
  },

  intro: {
    heading: 'Was mit Ihren Antworten geschieht',
    deletion: 'Was Sie senden, bleibt gespeichert, bis Sie es löschen. Das können Sie jederzeit tun.',
    sending: 'Was Sie senden, bleibt gespeichert, bis Sie es löschen.',
  },

  page: {
    how: 'So funktioniert es',
    steps: [
      'Sie beantworten einen Fragebogen. Bis Sie ihn senden, sind Ihre Antworten nur auf diesem Gerät.',
      'Ihr Profil wird nach den Regeln des Fragebogens aus Ihren Antworten berechnet, ohne KI.',
      'Ein Sprachmodell schreibt aus Ihren Antworten eine Zusammenfassung und Empfehlungen. Sie können falsch sein.',
      'Ihre Ergebnisse finden Sie in diesem Browser wieder, durch ein Cookie. Wer diesen Browser benutzt, kann sie lesen.',
      'Es hilft beim Nachdenken und ist keine Diagnose. Es ersetzt keinen fachlichen Rat.',
    ],
    leaveHeading: 'An einem gemeinsam genutzten Computer',
    leave:
      'Verlassen Sie dieses Gerät, wenn Sie fertig sind: Ihre Sitzung endet, und Antworten, die nicht gesendet wurden, werden hier entfernt. Ihre Ergebnisse bleiben gespeichert, aber niemand kann sie mehr öffnen, auch Sie nicht. Löschen Sie sie zuerst, wenn sie nicht bleiben sollen.',
    deleteHeading: 'Alles löschen',
    delete:
      'Alle Ihre Auswertungen werden endgültig gelöscht, mit ihren Antworten, Ergebnissen und Empfehlungen, und ebenso Ihre Sitzung, in allen ihren Tabs. Antworten, die nicht gesendet wurden, werden von diesem Gerät entfernt. Eine einzelne Auswertung können Sie auf ihrer Seite und in der Liste Ihrer Auswertungen löschen.',
  },

  gone: {
    heading: 'Alles ist gelöscht',
    what: (count) =>
      `${assessments(count)} gelöscht, mit allen Antworten und Ergebnissen. Auch Ihre Sitzung ist gelöscht.`,
    device: 'Nichts davon bleibt in diesem Browser.',
  },

  deleted: {
    heading: 'Diese Auswertung wurde gelöscht',
    what: 'Ihre Antworten und ihr Ergebnis sind endgültig gelöscht.',
    said: 'Gelöscht.',
    one: (call, title, date) => `${call}: ${title}, ${date}`,
    uncertain:
      'Es ist nicht sicher, ob das angekommen ist. Sie können es noch einmal versuchen; zweimal schadet nicht.',
    failed: 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.',
  },
};
