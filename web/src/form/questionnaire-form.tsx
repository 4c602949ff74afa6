import { useEffect, useRef, type RefObject } from 'react';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { hasDigitKeys } from './digit-keys.ts';
import type { Field } from './fields.ts';
import { FormMessages } from './form-messages.tsx';
import type { Place } from './issues.ts';
import { firstControl, Question } from './question.tsx';
import { useFormFlow, type Questionnaire } from './use-form-flow.ts';

interface QuestionnaireFormProps {
  questionnaire: Questionnaire;
  /** From 1. Undefined: the first page with something left to answer. */
  page: number | undefined;
}

/** A questionnaire, page by page. */
export const QuestionnaireForm = ({ questionnaire, page }: QuestionnaireFormProps) => {
  const { slug, language } = questionnaire;
  const flow = useFormFlow(questionnaire, page);
  const { pages, index, problems } = flow;
  const { title, fields } = pages[index] ?? { title: '', fields: [] };
  const form = useRef<HTMLFormElement>(null);
  useFormFocus(form, index, flow.jump);

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        flow.goOn();
      }}
    >
      <PageProgress index={index} count={pages.length} />
      <h2 tabIndex={-1} lang={language}>
        {title}
      </h2>
      <PageHint fields={fields} />
      {fields.map((field) => (
        <Question
          key={field.name}
          field={field}
          language={language}
          answer={flow.answers[field.name]}
          problem={problems[field.name]}
          onAnswer={flow.answer}
        />
      ))}
      <FormMessages problems={problems} fields={fields} refusal={flow.refusal} onSendAsNew={flow.sendAsNew} />
      <div className="form-buttons">
        {index > 0 && (
          <button type="button" className="button-quiet" onClick={() => navigate(paths.take(slug, index))}>
            Back
          </button>
        )}
        {/* Not disabled while sending, otherwise the focus would be lost. */}
        <button type="submit" aria-disabled={flow.sending}>
          {index < pages.length - 1 ? 'Next page' : flow.sending ? 'Sending …' : 'Send answers'}
        </button>
      </div>
    </form>
  );
};

const PageProgress = ({ index, count }: { index: number; count: number }) => (
  <div className="progress">
    <label htmlFor="form-progress">
      Page {index + 1} of {count}
    </label>
    <progress id="form-progress" max={count} value={index + 1} />
  </div>
);

const PageHint = ({ fields }: { fields: readonly Field[] }) => (
  <p className="hint">
    {fields.every(({ required }) => required)
      ? 'All questions on this page are required.'
      : 'All questions are required, except those marked optional.'}
    {fields.every(hasDigitKeys) && (
      <span className="keyboard-hint"> On a keyboard, a number key answers a question and goes on to the next.</span>
    )}
  </p>
);

/** Moves the focus: to the question of a jump, or to the heading of a new page. */
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
