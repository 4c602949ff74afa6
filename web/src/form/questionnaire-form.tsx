import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { hasDigitKeys } from './digit-keys.ts';
import { readPages, type Answer } from './fields.ts';
import { FormMessages } from './form-messages.tsx';
import { firstProblem, sortIssues, type Place } from './issues.ts';
import { firstControl, Question } from './question.tsx';
import type { Outcome } from './submission.ts';
import { useDraft } from './use-draft.ts';
import { useSubmission } from './use-submission.ts';
import { answersToSend, findProblems, firstOpenPage, type Problems } from './validate.ts';

interface QuestionnaireFormProps {
  questionnaire: {
    slug: string;
    version: number;
    language: string;
    schema: unknown;
    pages: readonly { title: string; items: readonly string[] }[];
  };
  /** From 1; undefined: where there is something left to answer. */
  page: number | undefined;
}

/** A questionnaire page by page: every page is checked before the next, everything before it is sent. */
export const QuestionnaireForm = ({ questionnaire, page }: QuestionnaireFormProps) => {
  const { slug, version, language } = questionnaire;
  const pages = useMemo(() => readPages(questionnaire), [questionnaire]);
  const { draft, answer, renewKey, discard } = useDraft(slug, version);
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState<Outcome>();
  const [jump, setJump] = useState<Place>();
  const form = useRef<HTMLFormElement>(null);

  const [openPage] = useState(() => firstOpenPage(pages, draft.answers));
  const index = page === undefined ? openPage : Math.min(page, pages.length) - 1;
  const { title, fields } = pages[index] ?? { title: '', fields: [] };
  const isLast = index === pages.length - 1;
  useEffect(() => {
    // Names the page in the address, otherwise a reload could open another one.
    if (page === undefined) history.replaceState(null, '', paths.take(slug, openPage + 1));
  }, [page, slug, openPage]);
  useFormFocus(form, index, jump);

  const showProblems = (found: Problems) => {
    setProblems(found);
    const place = firstProblem(pages, found);
    if (!place) return;
    navigate(paths.take(slug, place.page + 1));
    setJump({ ...place }); // a new object each time, otherwise the same problem would be jumped to only once
  };

  const onOutcome = (outcome: Outcome, gone: boolean) => {
    if (outcome.kind === 'accepted') {
      discard();
      if (!gone) navigate(paths.assessment(outcome.assessmentId), { replace: true });
      return;
    }
    if (outcome.kind !== 'invalid') return setRefusal(outcome);
    const { problems: found, general } = sortIssues(outcome.issues, pages);
    const message = general.join(' ') || (Object.keys(found).length === 0 ? outcome.message : '');
    if (message) setRefusal({ kind: 'refused', message });
    showProblems(found);
  };
  const { sending, submit } = useSubmission(onOutcome);

  const send = (idempotencyKey = draft.idempotencyKey) => {
    setRefusal(undefined);
    const all = pages.flatMap((each) => each.fields);
    const found = findProblems(all, draft.answers);
    if (Object.keys(found).length > 0) return showProblems(found);
    setProblems({});
    const answers = answersToSend(all, draft.answers);
    void submit({ questionnaire: slug, questionnaireVersion: version, answers, idempotencyKey });
  };

  const goOn = () => {
    if (isLast) return send();
    const found = findProblems(fields, draft.answers);
    if (Object.keys(found).length > 0) return showProblems(found);
    setProblems({});
    setRefusal(undefined);
    setJump(undefined);
    navigate(paths.take(slug, index + 2));
  };

  const onAnswer = (name: string, value: Answer) => {
    answer(name, value);
    setProblems(({ [name]: _mended, ...others }) => others);
  };

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        goOn();
      }}
    >
      <div className="progress">
        <label htmlFor="form-progress">
          Page {index + 1} of {pages.length}
        </label>
        <progress id="form-progress" max={pages.length} value={index + 1} />
      </div>
      <h2 tabIndex={-1} lang={language}>
        {title}
      </h2>
      <p className="hint">
        {fields.every(({ required }) => required)
          ? 'All questions on this page are required.'
          : 'All questions are required, except those marked optional.'}
        {fields.every(hasDigitKeys) && (
          <span className="keyboard-hint">
            {' '}
            On a keyboard, a number key answers a question and goes on to the next.
          </span>
        )}
      </p>
      {fields.map((field) => (
        <Question
          key={field.name}
          field={field}
          language={language}
          answer={draft.answers[field.name]}
          problem={problems[field.name]}
          onAnswer={onAnswer}
        />
      ))}
      <FormMessages problems={problems} fields={fields} refusal={refusal} onSendAsNew={() => send(renewKey())} />
      <div className="form-buttons">
        {index > 0 && (
          <button type="button" className="button-quiet" onClick={() => navigate(paths.take(slug, index))}>
            Back
          </button>
        )}
        <button type="submit" aria-disabled={sending}>
          {isLast ? (sending ? 'Sending …' : 'Send answers') : 'Next page'}
        </button>
      </div>
    </form>
  );
};

/** A jump goes to its question, turning the page to its heading. */
const useFormFocus = (form: RefObject<HTMLFormElement | null>, index: number, jump: Place | undefined) => {
  const shown = useRef({ index, jump });
  useEffect(() => {
    const before = shown.current;
    shown.current = { index, jump };
    if (jump && jump !== before.jump) {
      const question = form.current?.querySelector(`[data-question="${CSS.escape(jump.name)}"]`);
      question?.scrollIntoView({ block: 'center' });
      if (question) firstControl(question)?.focus({ preventScroll: true });
    } else if (index !== before.index) {
      form.current?.querySelector<HTMLElement>('h2')?.focus();
    }
  }, [form, index, jump]);
};
