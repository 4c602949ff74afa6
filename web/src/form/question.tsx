import { useId, type KeyboardEvent, type ReactNode } from 'react';
import { ChoiceControls, ChoicesControls, ScaleControls, TextControl } from './controls.tsx';
import { optionForKey } from './digit-keys.ts';
import type { Answer, Field } from './fields.ts';

interface QuestionProps {
  field: Field;
  language: string;
  answer: Answer | undefined;
  problem: string | undefined;
  onAnswer: (name: string, answer: Answer) => void;
}

/** One question: its text, a hint, the problem of its answer, and the controls of its kind. */
export const Question = ({ field, language, answer, problem, onAnswer }: QuestionProps) => {
  const id = useId();
  const hint = field.description ?? hintOf(field);
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;
  const controls = { id, field, answer, describedBy, invalid: problem !== undefined, onAnswer };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const option = optionForKey(field, event.key);
    if (!option || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onAnswer(field.name, option.value);
    focusNextQuestion(event.currentTarget);
  };

  const notes = (
    <>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className="problem" id={`${id}-problem`} dir="auto">
          {problem}
        </p>
      )}
    </>
  );

  if (field.kind === 'text') {
    return (
      <div className={`question question-${field.kind}`} data-question={field.name} lang={language}>
        <label className="question-title" htmlFor={id}>
          <QuestionTitle field={field} />
        </label>
        {notes}
        <TextControl {...controls} field={field} />
      </div>
    );
  }

  return (
    <fieldset
      className={`question question-${field.kind}`}
      data-question={field.name}
      lang={language}
      role={field.kind === 'choices' ? undefined : 'radiogroup'}
      aria-labelledby={`${id}-title`}
      aria-describedby={describedBy}
      aria-required={field.kind === 'choices' ? undefined : field.required}
      aria-invalid={field.kind === 'choices' ? undefined : problem !== undefined}
      onKeyDown={onKeyDown}
    >
      <legend className="question-title" id={`${id}-title`}>
        <QuestionTitle field={field} />
      </legend>
      {notes}
      {field.kind === 'scale' && <ScaleControls {...controls} field={field} />}
      {field.kind === 'choice' && <ChoiceControls {...controls} field={field} />}
      {field.kind === 'choices' && <ChoicesControls {...controls} field={field} />}
    </fieldset>
  );
};

const QuestionTitle = ({ field }: { field: Field }): ReactNode => (
  <>
    {field.title} {!field.required && <span className="optional">optional</span>}
  </>
);

const hintOf = (field: Field): string | undefined => {
  if (field.kind !== 'choices') return undefined;
  const { minItems, maxItems } = field;
  if (minItems === maxItems) return `Choose ${minItems}.`;
  return minItems > 0 ? `Choose ${minItems} to ${maxItems}.` : `Choose up to ${maxItems}.`;
};

/** Moves the focus to the next question, or after the last one to the submit button. */
const focusNextQuestion = (question: HTMLElement) => {
  const form = question.closest('form');
  if (!form) return;
  const questions = Array.from(form.querySelectorAll<HTMLElement>('[data-question]'));
  const next = questions[questions.indexOf(question) + 1];
  const target = next ? firstControl(next) : form.querySelector<HTMLElement>('[type=submit]');
  target?.focus();
};

/** The control of a question that gets the focus: the checked one, otherwise the first. */
export const firstControl = (question: Element): HTMLElement | null =>
  question.querySelector<HTMLElement>('input:checked') ?? question.querySelector<HTMLElement>('input, textarea');
