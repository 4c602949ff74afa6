import type { ListTexts } from './index.ts';

/** The words of the lists of assessments, in German. */
export const listTexts: ListTexts = {
  loading: 'Wird geladen …',
  backToStart: 'Zurück zum Anfang',
  heading: 'Ihre Auswertungen',
  empty: 'Noch nichts: Was Sie senden, steht dann hier.',
  emptyFiltered: 'Von dieser Art gibt es keine.',
  all: 'Alle Ihre Auswertungen',
  more: 'Mehr laden',
  loadingMore: 'Mehr wird geladen …',
  statuses: {
    SUBMITTED: 'In Vorbereitung',
    PROCESSING: 'In Vorbereitung',
    COMPLETED: 'Fertig',
    FAILED: 'Nicht gelungen',
    CANCELLED: 'Abgebrochen',
  },
  filters: 'Anzeigen',
  questionnaire: 'Fragebogen',
  status: 'Stand',
  any: 'Alle',
  states: {
    COMPLETED: 'Fertig',
    SUBMITTED: 'In der Warteschlange',
    PROCESSING: 'Wird geschrieben',
    FAILED: 'Nicht gelungen',
    CANCELLED: 'Abgebrochen',
  },
  begin: 'Einen Fragebogen beginnen',
};
