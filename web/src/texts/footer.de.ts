import type { FooterTexts } from './index.ts';

export const footerTexts: FooterTexts = {
  about: 'Über diese Seite und Datenschutz',
  leave: {
    call: 'Dieses Gerät verlassen',
    question:
      'Dieses Gerät verlassen? Antworten, die nicht gesendet wurden, werden entfernt, und Sie können Ihre Ergebnisse nicht mehr öffnen. Wenn sie gelöscht werden sollen, löschen Sie sie zuerst.',
    yes: 'Ja, verlassen',
    no: 'Bleiben',
    busy: 'Wird verlassen …',
  },
  left: 'Sie haben dieses Gerät verlassen: Ihre Sitzung ist beendet, und nichts davon bleibt in diesem Browser.',
};
