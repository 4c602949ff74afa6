import { useId, type ChangeEvent, type KeyboardEvent, type ReactNode } from 'react';
import { DECLINED, isDeclined } from '../../../src/entities/answer.ts';
import { Said } from '../said.tsx';
import type { Words } from '../texts/server-words.ts';
import { inLanguage, inOwnLanguage, texts } from '../texts/index.ts';
import type { Answer } from './answers.ts';
import { OptionBoxes, OptionList, OptionSelect, type ControlProps } from './choice-controls.tsx';
import { answerForKey, isGraded, isRow, LISTED_OPTIONS_MAX } from './digit-keys.ts';
import type { ItemOf, Question } from './questionnaire.ts';
import { Steps, stepsOfOptions, stepsOfScale, StepWords, type Step } from './steps.tsx';
import { DateControl, NumberControl, Slider, TextControl, TextsControl } from './typed-controls.tsx';

export interface QuestionProps<Q = Question> {
  question: Q;
  language: string;
  answer: Answer | undefined;
  problem: Words | undefined;
  /** Undefined takes the answer back. */
  onAnswer: (name: string, answer: Answer | undefined) => void;
}

/** One question: its text, a hint, the problem of its answer, and the controls of its kind. */
export const QuestionBox = ({ question, language, answer, problem, onAnswer }: QuestionProps) => {
  const id = useId();
  const { key, image, canDecline, required } = question;
  const hint = question.hint ?? hintOf(question);
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;
  const isNamed = hasLabel(question);
  const isRadio = isRadioGroup(question);
  const give = (value: Answer | undefined) => onAnswer(key, value);
  const controls = {
    id,
    // Otherwise the controls would show words for the answer that nobody has given.
    answer: isDeclined(answer) ? undefined : answer,
    describedBy,
    invalid: problem !== undefined,
    onAnswer: give,
  };
  const notes = (
    <>
      {hint && (
        <p className="hint" id={`${id}-hint`} {...(question.hint ? {} : inOwnLanguage)}>
          {hint}
        </p>
      )}
      {image && <img className="question-image" src={image.url} alt={image.alternativeText} loading="lazy" />}
      {problem && (
        <p className="problem" id={`${id}-problem`} {...inOwnLanguage}>
          <Said words={problem} />
        </p>
      )}
    </>
  );
  const after = (
    <>
      {canDecline && (
        <label className="option decline" {...inOwnLanguage}>
          <input
            type="checkbox"
            checked={isDeclined(answer)}
            onChange={(event: ChangeEvent<HTMLInputElement>) =>
              give(event.currentTarget.checked ? DECLINED : undefined)
            }
          />
          <span>{texts.question.decline}</span>
        </label>
      )}
      {isClearable(question) && <ClearButton isConcealed={answer === undefined} onClear={() => give(undefined)} />}
    </>
  );
  const shared = { className: `question question-${classOf(question)}`, 'data-question': key, ...inLanguage(language) };

  if (isNamed) {
    return (
      <div {...shared}>
        <label className="question-title" htmlFor={id} id={`${id}-title`}>
          <QuestionTitle question={question} />
        </label>
        {notes}
        <Control question={question} controls={controls} />
        {after}
      </div>
    );
  }
  return (
    <fieldset
      {...shared}
      role={isRadio ? 'radiogroup' : undefined}
      aria-labelledby={`${id}-title`}
      aria-describedby={describedBy}
      aria-required={isRadio ? required : undefined}
      aria-invalid={isRadio ? problem !== undefined : undefined}
      onKeyDown={(event) => onQuestionKey(event, question, give)}
    >
      <legend className="question-title" id={`${id}-title`}>
        <QuestionTitle question={question} />
      </legend>
      {notes}
      <Control question={question} controls={controls} />
      {after}
    </fieldset>
  );
};

type Controls = Omit<ControlProps<Question>, 'question'>;

/** The controls of each kind of question. */
const Control = ({ question, controls }: { question: Question; controls: Controls }): ReactNode => {
  switch (question.__typename) {
    case 'ScaleItem':
      return isRow(question) ? (
        <Row steps={stepsOfScale(question)} question={question} controls={controls} />
      ) : (
        <Slider {...controls} question={question} />
      );
    case 'ChoiceItem':
      return <Choice question={question} controls={controls} />;
    case 'ChoicesItem':
      return <OptionBoxes {...controls} question={question} />;
    case 'YesNoItem':
      return <Row steps={yesNo()} question={question} controls={controls} />;
    case 'NumberItem':
      return <NumberControl {...controls} question={question} />;
    case 'DateItem':
      return <DateControl {...controls} question={question} />;
    case 'TextItem':
      return <TextControl {...controls} question={question} />;
    case 'TextsItem':
      return <TextsControl {...controls} question={question} />;
    default:
      return question satisfies never;
  }
};

const yesNo = (): readonly Step[] => [
  { value: true, mark: texts.question.yes, words: null },
  { value: false, mark: texts.question.no, words: null },
];

const Choice = ({ question, controls }: { question: ItemOf<'ChoiceItem'>; controls: Controls }) => {
  if (isGraded(question))
    return <Row steps={stepsOfOptions(question.options)} question={question} controls={controls} />;
  return isSelect(question) ? (
    <OptionSelect {...controls} question={question} />
  ) : (
    <OptionList {...controls} question={question} />
  );
};

interface RowProps {
  steps: readonly Step[];
  question: Question;
  controls: Controls;
}

const Row = ({ steps, question: { required }, controls: { id, answer, onAnswer } }: RowProps) => (
  <>
    <Steps name={id} steps={steps} answer={answer} required={required} onAnswer={onAnswer} />
    <StepWords steps={steps} answer={answer} />
  </>
);

const ClearButton = ({ isConcealed, onClear }: { isConcealed: boolean; onClear: () => void }) => (
  <button
    type="button"
    className={isConcealed ? 'clear concealed' : 'clear'}
    {...inOwnLanguage}
    onClick={(event) => {
      // The button goes away with its answer, and would take the focus with it.
      const question = event.currentTarget.closest('[data-question]');
      if (question) firstControl(question)?.focus();
      onClear();
    }}
  >
    {texts.question.clear}
  </button>
);

export const QuestionTitle = ({ question }: { question: Pick<Question, 'title' | 'required'> }): ReactNode => (
  <>
    {question.title}{' '}
    {!question.required && (
      <span className="optional" {...inOwnLanguage}>
        {texts.form.optional}
      </span>
    )}
  </>
);

const isSelect = (question: ItemOf<'ChoiceItem'>): boolean =>
  !isGraded(question) && question.options.length > LISTED_OPTIONS_MAX;

/** Whether the question has one control, which its title names. */
const hasLabel = (question: Question): boolean => {
  if (question.__typename === 'ChoiceItem') return isSelect(question);
  return ['NumberItem', 'DateItem', 'TextItem'].includes(question.__typename);
};

const isRadioGroup = (question: Question): boolean => {
  if (question.__typename === 'ScaleItem') return isRow(question);
  return question.__typename === 'YesNoItem' || (question.__typename === 'ChoiceItem' && !isSelect(question));
};

/** Whether the answer can be taken back as a whole. */
const isClearable = (question: Question): boolean =>
  !question.required && (question.__typename === 'ScaleItem' || isRadioGroup(question));

const classOf = (question: Question): string => {
  switch (question.__typename) {
    case 'ScaleItem':
      return isRow(question) ? 'scale' : 'slider';
    case 'ChoiceItem':
      return isGraded(question) ? 'grades' : 'choice';
    case 'ChoicesItem':
      return 'choices';
    case 'YesNoItem':
      return 'yes-no';
    case 'NumberItem':
      return 'number';
    case 'DateItem':
      return 'date';
    case 'TextItem':
      return 'text';
    case 'TextsItem':
      return 'texts';
    default:
      return question satisfies never;
  }
};

const hintOf = (question: Question): string | undefined => {
  if (question.__typename !== 'ChoicesItem') return undefined;
  const { minItems, maxItems } = question;
  if (minItems === maxItems) return texts.question.chooseExactly(minItems);
  return minItems > 0 ? texts.question.chooseBetween(minItems, maxItems) : texts.question.chooseUpTo(maxItems);
};

/** A digit answers and goes on; Delete takes an optional answer back, of one choice: not a whole list. */
export const onQuestionKey = (
  event: KeyboardEvent<HTMLElement>,
  question: Question,
  give: (answer: Answer | undefined) => void,
) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
  const answer = answerForKey(question, event.key);
  if (answer !== undefined) {
    event.preventDefault();
    // A key that is held would answer the questions that follow, too.
    if (event.repeat) return;
    give(answer);
    focusNextQuestion(event.currentTarget);
  } else if ((event.key === 'Delete' || event.key === 'Backspace') && isClearable(question)) {
    event.preventDefault();
    give(undefined);
  }
};

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && !['radio', 'checkbox', 'range'].includes(target.type);

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
  question.querySelector<HTMLElement>('input:checked') ??
  question.querySelector<HTMLElement>('input, textarea, select');
