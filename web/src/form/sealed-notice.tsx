import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { useSessionId } from '../api/session-id.ts';
import { Link, navigate } from '../navigation.tsx';
import { parseRoute, paths } from '../routes.ts';
import { Said } from '../said.tsx';
import type { Words } from '../texts/server-words.ts';
import { useStore } from '../store.ts';
import { inLanguage, inOwnLanguage, texts } from '../texts/index.ts';
import { deviceStorage } from './device-storage.ts';
import { draftKey, findDraft, type DraftPlace } from './drafts.ts';
import { sealedForms, type SealedForm } from './sealed-forms.ts';
import { readOutcome, type Outcome } from './submission.ts';
import { SubmitAssessment } from './use-submission.ts';

/** Time between two tries while the device says that it is online. */
const RETRY_MS = 15_000;

type Titled = Pick<SealedForm, 'title' | 'language'>;
type Sent = Titled & { key: string } & ({ assessmentId: string } | { reason: Words; place: DraftPlace });

/** The forms that were sent offline: sends them as soon as that is possible, and says what has become of them. */
export const SealedNotice = () => {
  const forms = useStore(sealedForms);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const add = useCallback((one: Sent) => setSent((before) => [...before, one]), []);
  const dismiss = (one: Sent) => setSent((before) => before.filter((each) => each !== one));
  useSending(forms, add);
  return (
    <div role="status" {...inOwnLanguage}>
      {forms.map((form) => (
        <div className="notice" key={form.idempotencyKey}>
          <p>
            <WithTitle sentence={texts.sealed.heading} of={form} />{' '}
            {sealedForms.isKept(form) ? texts.sealed.waiting : texts.sealed.waitingHere}
          </p>
          <button type="button" className="button-quiet" onClick={() => change(form)}>
            {texts.sealed.change}
          </button>
        </div>
      ))}
      {sent.map((one) =>
        'assessmentId' in one ? (
          <p className="notice" key={one.key}>
            <WithTitle sentence={texts.sealed.sent} of={one} />{' '}
            <Link href={paths.assessment(one.assessmentId)} onClick={() => dismiss(one)}>
              {texts.sealed.open}
            </Link>
          </p>
        ) : (
          <p className="notice notice-problem" key={one.key}>
            <WithTitle sentence={texts.sealed.refused} of={one} /> <Said words={one.reason} />{' '}
            <Link href={pathOf(one.place)} onClick={() => dismiss(one)}>
              {texts.sealed.openForm}
            </Link>
          </p>
        ),
      )}
    </div>
  );
};

/** Stands for the title, which has another language perhaps; no title has it. */
const TITLE = '\u0000';

const WithTitle = ({ sentence, of: { title, language } }: { sentence: (title: string) => string; of: Titled }) => {
  const [before, after] = sentence(TITLE).split(TITLE);
  return (
    <>
      {before}
      <span {...inLanguage(language)}>{title}</span>
      {after}
    </>
  );
};

const change = (form: SealedForm): void => navigate(pathOf(unseal(form)));

/** Makes a draft of it again, and tells the form and the start page of this tab, as the browser tells those of other tabs. */
const unseal = (form: SealedForm, options?: { renewed: boolean }): DraftPlace => {
  const place = sealedForms.unseal(form, options);
  window.dispatchEvent(new StorageEvent('storage', { key: draftKey(place) }));
  return place;
};

const pathOf = ({ slug, from }: Pick<DraftPlace, 'slug' | 'from'>): string => paths.take(slug, { from });

const useSending = (forms: readonly SealedForm[], onSent: (sent: Sent) => void): void => {
  const client = useClient();
  const session = useSessionId();
  const next = forms[0];

  useEffect(() => {
    const onStorage = ({ key }: StorageEvent) => {
      if (sealedForms.isOf(key)) sealedForms.reload();
    };
    window.addEventListener('storage', onStorage);
    return () => window.removeEventListener('storage', onStorage);
  }, []);

  useEffect(() => {
    if (!next) return undefined;
    const left = new AbortController();
    let isSending = false;
    const send = async () => {
      if (isSending || !navigator.onLine) return;
      isSending = true;
      const { slug, version, language, answers, idempotencyKey } = next;
      const input = {
        questionnaire: slug,
        questionnaireVersion: version,
        language,
        answers,
        idempotencyKey,
        watch: true,
      };
      const outcome = readOutcome(await client.mutation(SubmitAssessment, { input }));
      isSending = false;
      if (!left.signal.aborted) settle(next, outcome, session, onSent);
    };
    void send();
    const timer = setInterval(() => void send(), RETRY_MS);
    window.addEventListener('online', () => void send(), { signal: left.signal });
    return () => {
      left.abort();
      clearInterval(timer);
    };
  }, [client, session, next, onSent]);
};

/** Ends the wait of a form. If another try may be accepted it stays, and goes out then. */
const settle = (form: SealedForm, outcome: Outcome, session: string, onSent: (sent: Sent) => void): void => {
  const { slug, title, language, from, idempotencyKey: key } = form;
  if (outcome.kind === 'accepted') {
    sealedForms.remove(form);
    const shown = parseRoute(location.pathname, location.search);
    const isOnScreen = shown.name === 'take' && shown.slug === slug && shown.from === from;
    const hasBegunAnew = findDraft(deviceStorage, { session, slug, from }) !== undefined;
    if (isOnScreen && !hasBegunAnew) navigate(paths.assessment(outcome.assessmentId), { replace: true });
    else onSent({ key, title, language, assessmentId: outcome.assessmentId });
  } else if (outcome.kind !== 'postponed' && outcome.kind !== 'unreachable') {
    const place = unseal(form, { renewed: outcome.kind === 'conflict' });
    onSent({ key, title, language, reason: outcome.message, place });
  }
};
