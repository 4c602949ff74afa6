import { useState, type ChangeEvent, type MouseEvent } from 'react';
import { inOwnLanguage, texts } from '../texts/index.ts';
import { isList, ownWords, type Answer, type Entry } from './answers.ts';
import type { ItemOf, Option } from './questionnaire.ts';
import { answering } from './steps.tsx';

export interface ControlProps<Q> {
  /** The id of the control that a label names; others of the question begin with it. */
  id: string;
  question: Q;
  answer: Answer | undefined;
  describedBy: string | undefined;
  invalid: boolean;
  onAnswer: (answer: Answer | undefined) => void;
}

/** One of several options, below each other. */
export const OptionList = ({ id, question, answer, describedBy, onAnswer }: ControlProps<ItemOf<'ChoiceItem'>>) => {
  const { options, other, required } = question;
  const own = ownWords(answer);
  return (
    <div className="options">
      {options.map(({ value, title }) => (
        <label className="option" key={value}>
          <input
            type="radio"
            name={id}
            checked={answer === value}
            {...answering({ isChosen: answer === value, required, value, onAnswer })}
          />
          <span>{title}</span>
        </label>
      ))}
      {other !== null && (
        <label className="option">
          <input
            type="radio"
            name={id}
            checked={own !== undefined}
            {...answering({ isChosen: own !== undefined, required, value: { other: own ?? '' }, onAnswer })}
          />
          <span>{other}</span>
        </label>
      )}
      {own !== undefined && other !== null && (
        <OwnWords label={other} text={own} describedBy={describedBy} onText={(text) => onAnswer({ other: text })} />
      )}
    </div>
  );
};

const OTHER = 'other';

/** One of many options. */
export const OptionSelect = (props: ControlProps<ItemOf<'ChoiceItem'>>) => {
  const { id, question, answer, describedBy, invalid, onAnswer } = props;
  const { options, other, required } = question;
  const own = ownWords(answer);
  const place = options.findIndex(({ value }) => value === answer);
  const choose = (chosen: string) => {
    if (chosen === OTHER) onAnswer({ other: own ?? '' });
    else onAnswer(chosen === '' ? undefined : options[Number(chosen)]?.value);
  };
  return (
    <>
      <select
        id={id}
        value={own === undefined ? (place === -1 ? '' : String(place)) : OTHER}
        aria-required={required}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event: ChangeEvent<HTMLSelectElement>) => choose(event.currentTarget.value)}
      >
        <option value="" {...inOwnLanguage}>
          {texts.question.pleaseChoose}
        </option>
        {options.map(({ value, title }, index) => (
          <option key={value} value={String(index)}>
            {title}
          </option>
        ))}
        {other !== null && <option value={OTHER}>{other}</option>}
      </select>
      {own !== undefined && other !== null && (
        <OwnWords label={other} text={own} describedBy={describedBy} onText={(text) => onAnswer({ other: text })} />
      )}
    </>
  );
};

/** Several options. One more than the greatest number is refused with a sentence. */
export const OptionBoxes = ({ question, answer, describedBy, onAnswer }: ControlProps<ItemOf<'ChoicesItem'>>) => {
  const { options, other, maxItems } = question;
  const chosen = isList(answer) ? answer : [];
  const own = ownWords(answer);
  const isFull = chosen.length >= maxItems;
  const [isRefused, setRefused] = useState(false);
  const count = options.length + (other === null ? 0 : 1);
  const store = (entries: readonly Entry[]) => {
    setRefused(false);
    onAnswer(entries.length > 0 ? entries : undefined);
  };
  const toggle = (toggled: Option['value'], isChosen: boolean) =>
    store(inOrder(options, (value) => (value === toggled ? isChosen : chosen.includes(value)), own));
  const toggleOwn = (text: string | undefined) => store(inOrder(options, (value) => chosen.includes(value), text));
  const boxOf = (isChosen: boolean, onToggle: (isChosen: boolean) => void) => ({
    checked: isChosen,
    'aria-disabled': isFull && !isChosen,
    'aria-describedby': describedBy,
    onClick: (event: MouseEvent<HTMLInputElement>) => {
      if (!isFull || isChosen) return;
      event.preventDefault();
      setRefused(true);
    },
    onChange: (event: ChangeEvent<HTMLInputElement>) => {
      if (!isFull || isChosen) onToggle(event.currentTarget.checked);
    },
  });
  return (
    <div className="options">
      {options.map(({ value, title }) => (
        <label className="option" key={value}>
          <input type="checkbox" {...boxOf(chosen.includes(value), (isChosen) => toggle(value, isChosen))} />
          <span>{title}</span>
        </label>
      ))}
      {other !== null && (
        <label className="option">
          <input type="checkbox" {...boxOf(own !== undefined, (isChosen) => toggleOwn(isChosen ? '' : undefined))} />
          <span>{other}</span>
        </label>
      )}
      {own !== undefined && other !== null && (
        <OwnWords label={other} text={own} describedBy={describedBy} onText={toggleOwn} />
      )}
      {maxItems < count && (
        <p className="hint chosen-count" {...inOwnLanguage}>
          {texts.question.chosen(chosen.length, maxItems)}
        </p>
      )}
      <p className="hint refused-choice" role="status" {...inOwnLanguage}>
        {isRefused && isFull && texts.question.full(maxItems)}
      </p>
    </div>
  );
};

/** In the order of the options, so that the same choice is always the same answer. */
const inOrder = (
  options: readonly Option[],
  isChosen: (value: Option['value']) => boolean,
  own: string | undefined,
): Entry[] => [...options.map(({ value }) => value).filter(isChosen), ...(own === undefined ? [] : [{ other: own }])];

interface OwnWordsProps {
  label: string;
  text: string;
  describedBy: string | undefined;
  onText: (text: string) => void;
}

const OwnWords = ({ label, text, describedBy, onText }: OwnWordsProps) => (
  <input
    type="text"
    className="own-words"
    value={text}
    dir="auto"
    autoComplete="off"
    aria-label={texts.question.otherLabel(label)}
    aria-describedby={describedBy}
    onChange={(event: ChangeEvent<HTMLInputElement>) => onText(event.currentTarget.value)}
  />
);
