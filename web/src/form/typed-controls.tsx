import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { inOwnLanguage, texts } from '../texts/index.ts';
import { isList, textLength } from './answers.ts';
import { dayOf } from './check.ts';
import type { ControlProps } from './choice-controls.tsx';
import type { ItemOf } from './questionnaire.ts';
import { wordsOf } from './steps.tsx';

type Change = { currentTarget: HTMLInputElement | HTMLTextAreaElement };

/** A scale with too many steps for a row. Nothing is answered before it is touched. */
export const Slider = ({ id, question, answer, describedBy, onAnswer }: ControlProps<ItemOf<'ScaleItem'>>) => {
  const { minimum, maximum } = question;
  const value = typeof answer === 'number' ? answer : undefined;
  const middle = Math.round((minimum + maximum) / 2);
  const move = (step: number) =>
    onAnswer(value === undefined ? middle : Math.min(maximum, Math.max(minimum, value + step)));
  const words = value === undefined ? null : wordsOf(question, value);
  const said = words === null ? String(value) : texts.question.step(value ?? '', words);
  const ends = [
    { value: minimum, words: question.low },
    { value: maximum, words: question.high },
  ];
  return (
    <>
      <div className="slider">
        <StepButton sign="−" label={texts.question.less} titleId={`${id}-title`} onStep={() => move(-1)} />
        <input
          type="range"
          className={value === undefined ? 'open' : undefined}
          min={minimum}
          max={maximum}
          value={value ?? middle}
          aria-labelledby={`${id}-title`}
          aria-describedby={describedBy}
          aria-valuetext={value === undefined ? texts.question.notAnswered : said}
          onChange={(event: Change) => onAnswer(Number(event.currentTarget.value))}
          // The place where the slider stands is an answer, too, and changes nothing.
          onPointerUp={(event) => onAnswer(Number(event.currentTarget.value))}
        />
        <StepButton sign="+" label={texts.question.more} titleId={`${id}-title`} onStep={() => move(1)} />
        <output aria-hidden="true">{value ?? '–'}</output>
      </div>
      <div className="step-notes" aria-hidden="true">
        <p className="step-ends">
          {ends.map((end) => (
            <span key={end.value}>{end.words === null ? end.value : texts.question.end(end.value, end.words)}</span>
          ))}
        </p>
      </div>
    </>
  );
};

interface StepButtonProps {
  sign: string;
  label: string;
  titleId: string;
  onStep: () => void;
}

const StepButton = ({ sign, label, titleId, onStep }: StepButtonProps) => (
  <button
    type="button"
    className="button-quiet step-button"
    aria-label={label}
    aria-describedby={titleId}
    {...inOwnLanguage}
    onClick={onStep}
  >
    {sign}
  </button>
);

/** Keeps what is typed: a text that is no number yet, such as "7.", is the answer until it is one. */
export const NumberControl = (props: ControlProps<ItemOf<'NumberItem'>>) => {
  const { id, question, answer, describedBy, invalid, onAnswer } = props;
  const { kind, least, most, unit, required } = question;
  const [typed, setTyped] = useState('');
  const kept = typeof answer === 'number' || typeof answer === 'string' ? answer : '';
  const isWhole = kind === 'WHOLE_NUMBER';
  const text = numberOf(typed, isWhole) === kept ? typed : String(kept);
  const type = (next: string) => {
    setTyped(next);
    onAnswer(next.trim() === '' ? undefined : numberOf(next, isWhole));
  };
  const move = (step: number) => {
    const start = Math.max(least ?? 0, Math.min(0, most ?? 0));
    const next = typeof answer === 'number' ? rounded(answer + step) : start;
    type(String(Math.min(most ?? Infinity, Math.max(least ?? -Infinity, next))));
  };
  const decimals = isWhole ? 'numeric' : 'decimal';
  return (
    <div className="number">
      <StepButton sign="−" label={texts.question.less} titleId={`${id}-title`} onStep={() => move(-1)} />
      <input
        id={id}
        type="text"
        // The keyboards of numbers have no minus on some phones.
        inputMode={least === null || least < 0 ? 'text' : decimals}
        value={text}
        autoComplete="off"
        aria-required={required}
        aria-invalid={invalid}
        aria-describedby={[describedBy, unit !== null && `${id}-unit`].filter(Boolean).join(' ') || undefined}
        onChange={(event: Change) => type(event.currentTarget.value)}
      />
      <StepButton sign="+" label={texts.question.more} titleId={`${id}-title`} onStep={() => move(1)} />
      {unit !== null && (
        <span className="unit" id={`${id}-unit`}>
          {unit}
        </span>
      )}
    </div>
  );
};

/** Thousands, as `1.000` in German and `1,000` in English. */
const GROUPED = /^[+-]?[1-9]\d{0,2}([.,]\d{3})+$/;

/** The number that a text writes, with a point or a comma; else the text. A whole number may have its thousands marked. */
export const numberOf = (text: string, isWhole = false): number | string => {
  const written = text.trim().replace('−', '-');
  const plain = isWhole && GROUPED.test(written) ? written.replaceAll(/[.,]/g, '') : written.replace(',', '.');
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain) ? Number(plain) : text;
};

/** Without the error of binary fractions: 0.1 + 1 is 1.1. */
const rounded = (value: number): number => Number(value.toFixed(6));

/** The answer while a part of the date is missing, which a browser tells by no change. It is no date, so it is not sent. */
const UNFINISHED = '?';

export const DateControl = (props: ControlProps<ItemOf<'DateItem'>>) => {
  const { id, question, answer, describedBy, invalid, onAnswer } = props;
  const [today] = useState(() => dayOf(new Date()));
  const { earliest, latest, notFuture, required } = question;
  const isUnfinished = answer === UNFINISHED;
  const isBlankAtFirst = useRef(isUnfinished);
  useEffect(() => {
    if (isBlankAtFirst.current) onAnswer(undefined);
    isBlankAtFirst.current = false;
  }, [onAnswer]);
  const onKeyUp = ({ currentTarget: { validity } }: KeyboardEvent<HTMLInputElement>) => {
    if (validity.badInput !== isUnfinished) onAnswer(validity.badInput ? UNFINISHED : undefined);
  };
  const last = notFuture && (latest === null || today < latest) ? today : latest;
  return (
    <input
      id={id}
      type="date"
      min={earliest ?? undefined}
      max={last ?? undefined}
      value={typeof answer === 'string' && !isUnfinished ? answer : ''}
      aria-required={required}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      onKeyUp={onKeyUp}
      onChange={(event: Change) => onAnswer(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
};

/** The part of the longest length from which on the length is shown. */
const COUNTED_FROM = 0.8;

/** Has no `maxlength`, which would silently cut pasted text: the counter and a message tell the limit. */
export const TextControl = (props: ControlProps<ItemOf<'TextItem'>>) => {
  const { id, question, answer, describedBy, invalid, onAnswer } = props;
  const { kind, maxLength, form, required } = question;
  const text = typeof answer === 'string' ? answer : '';
  const length = textLength(text);
  const isCounted = length >= maxLength * COUNTED_FROM;
  const notes = [describedBy, form !== null && `${id}-form`, isCounted && `${id}-count`];
  const attributes = {
    id,
    value: text,
    dir: 'auto' as const,
    'aria-required': required,
    'aria-invalid': invalid,
    'aria-describedby': notes.filter(Boolean).join(' ') || undefined,
    onChange: (event: Change) => onAnswer(event.currentTarget.value === '' ? undefined : event.currentTarget.value),
  };
  return (
    <>
      {form !== null && (
        <p className="hint" id={`${id}-form`} {...inOwnLanguage}>
          {texts.question.form(form)}
        </p>
      )}
      {kind === 'LONG_TEXT' && <textarea rows={5} autoComplete="off" {...attributes} />}
      {kind === 'EMAIL' && <input type="email" autoComplete="email" {...attributes} />}
      {kind !== 'LONG_TEXT' && kind !== 'EMAIL' && <input type="text" autoComplete="off" {...attributes} />}
      {isCounted && (
        <p className={length > maxLength ? 'counter counter-over' : 'counter'} id={`${id}-count`} {...inOwnLanguage}>
          {texts.question.count(length, maxLength)}
        </p>
      )}
    </>
  );
};

/** A list of short texts, with a row for each. */
export const TextsControl = (props: ControlProps<ItemOf<'TextsItem'>>) => {
  const { id, question, answer, describedBy, invalid, onAnswer } = props;
  const entries = isList(answer) ? answer.map(String) : [''];
  const list = useRef<HTMLDivElement>(null);
  /** The row that takes the focus, after one was added or removed. */
  const [focused, setFocused] = useState<{ row: number }>();
  // Before the paint: otherwise letters that are typed at once would be lost.
  useLayoutEffect(() => {
    if (focused) list.current?.querySelectorAll('input')[focused.row]?.focus();
  }, [focused]);
  const store = (next: readonly string[]) =>
    onAnswer(next.length === 0 || (next.length === 1 && next[0] === '') ? undefined : next);
  const remove = (place: number) => {
    store(entries.filter((_, other) => other !== place));
    setFocused({ row: Math.max(0, place - 1) });
  };
  return (
    <div className="texts" ref={list}>
      {entries.map((text, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is its place in the list
        <div className="text-row" key={place}>
          <input
            type="text"
            value={text}
            dir="auto"
            autoComplete="off"
            aria-label={texts.question.entry(place + 1)}
            aria-invalid={invalid}
            aria-describedby={describedBy}
            onChange={(event: Change) => store(entries.with(place, event.currentTarget.value))}
          />
          {entries.length > 1 && (
            <button
              type="button"
              className="button-quiet step-button"
              aria-label={texts.question.removeEntry(place + 1)}
              onClick={() => remove(place)}
            >
              ×
            </button>
          )}
        </div>
      ))}
      {entries.length < question.maxItems && (
        <button
          type="button"
          className="button-quiet"
          id={`${id}-add`}
          {...inOwnLanguage}
          onClick={() => {
            onAnswer([...entries, '']);
            setFocused({ row: entries.length });
          }}
        >
          {texts.question.addEntry}
        </button>
      )}
    </div>
  );
};
