import { DECLINED, isDeclined } from '../../../src/entities/answer.ts';
import { inOwnLanguage, texts } from '../texts/index.ts';
import type { Answer } from './answers.ts';
import { marksOf, numbersOf } from './digit-keys.ts';
import type { ItemOf, Option } from './questionnaire.ts';

/** One answer of a row. `mark` stands on it; `words` say what it means. */
export interface Step {
  value: Answer;
  mark: string;
  words: string | null;
}

export const stepsOfScale = (question: ItemOf<'ScaleItem'>): Step[] =>
  numbersOf(question).map((value) => ({ value, mark: String(value), words: wordsOf(question, value) }));

export const stepsOfOptions = (options: readonly Option[]): Step[] => {
  const marks = marksOf(options);
  return options.map(({ value, title }, place) => ({ value, mark: marks[place] ?? '', words: title }));
};

export const wordsOf = ({ minimum, maximum, low, high }: ItemOf<'ScaleItem'>, value: number): string | null =>
  value === minimum ? low : value === maximum ? high : null;

interface StepsProps {
  /** The name of the radio group. */
  name: string;
  steps: readonly Step[];
  answer: Answer | undefined;
  required: boolean;
  canDecline?: boolean;
  onAnswer: (answer: Answer | undefined) => void;
}

/** Answers side by side, in one row at any width. */
export const Steps = ({ name, steps, answer, required, canDecline = false, onAnswer }: StepsProps) => (
  <div className="steps">
    {steps.map(({ value, mark, words }) => (
      <label className="step" key={mark}>
        <input
          type="radio"
          name={name}
          checked={answer === value}
          aria-label={words === null ? mark : texts.question.step(mark, words)}
          {...answering({ isChosen: answer === value, required, value, onAnswer })}
        />
        <span className="step-face" aria-hidden="true">
          <span className="step-mark">{mark}</span>
          {words !== null && <span className="step-words">{words}</span>}
        </span>
      </label>
    ))}
    {canDecline && (
      <label className="step step-decline" {...inOwnLanguage}>
        <input
          type="radio"
          name={name}
          checked={isDeclined(answer)}
          aria-label={texts.question.decline}
          {...answering({ isChosen: isDeclined(answer), required, value: DECLINED, onAnswer })}
        />
        <span className="step-face" aria-hidden="true">
          <span className="step-mark">–</span>
          <span className="step-words">{texts.question.decline}</span>
        </span>
      </label>
    )}
  </div>
);

/** Below a row: the words of its two ends, or those of the chosen step. Both take the same place, so nothing moves. */
export const StepWords = ({ steps, answer }: Pick<StepsProps, 'steps' | 'answer'>) => {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first?.words && !last?.words) return null;
  const isGrades = steps.every(({ words }) => words !== null);
  const chosen = isGrades ? steps.find(({ value }) => value === answer) : undefined;
  return (
    <div className={isGrades ? 'step-notes step-notes-grades' : 'step-notes'} aria-hidden="true">
      <p className={chosen ? 'step-ends concealed' : 'step-ends'}>
        <span>{first?.words}</span>
        <span>{last?.words}</span>
      </p>
      {isGrades &&
        steps.map(({ value, words, mark }) => (
          <p key={mark} className={value === chosen?.value ? 'step-chosen' : 'step-chosen concealed'}>
            {words}
          </p>
        ))}
    </div>
  );
};

interface Answering<Value> {
  isChosen: boolean;
  required: boolean;
  value: Value;
  onAnswer: (answer: Value | undefined) => void;
}

/** The handlers of a radio button. A second click takes an optional answer back. */
export const answering = <Value,>({ isChosen, required, value, onAnswer }: Answering<Value>) => ({
  onClick: () => {
    if (isChosen && !required) onAnswer(undefined);
  },
  onChange: () => onAnswer(value),
});
