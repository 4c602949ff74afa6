import { textLength } from './validate.ts';
import type { Answer, ChoiceField, ChoicesField, Field, OptionValue, ScaleField, TextField } from './fields.ts';

interface ControlsProps<F extends Field> {
  id: string;
  field: F;
  answer: Answer | undefined;
  describedBy: string | undefined;
  invalid: boolean;
  onAnswer: (name: string, answer: Answer) => void;
}

/** A row of numbers, with a legend for its two ends. */
export const ScaleControls = ({ id, field, answer, onAnswer }: ControlsProps<ScaleField>) => {
  const [first, last] = [field.options[0], field.options.at(-1)];
  return (
    <>
      {(field.low ?? field.high) && (
        <p className="scale-ends">
          <span>
            {first?.label}: {field.low}
          </span>
          <span>
            {last?.label}: {field.high}
          </span>
        </p>
      )}
      <div className="scale">
        {field.options.map(({ value, label }) => (
          <label className="scale-step" key={value}>
            <input
              type="radio"
              name={`${id}-${field.name}`}
              checked={answer === value}
              aria-label={endLabel(field, value, label)}
              onChange={() => onAnswer(field.name, value)}
            />
            <span aria-hidden="true">{label}</span>
          </label>
        ))}
      </div>
    </>
  );
};

const endLabel = ({ options, low, high }: ScaleField, value: OptionValue, label: string): string => {
  if (low && value === options[0]?.value) return `${label}, ${low}`;
  if (high && value === options.at(-1)?.value) return `${label}, ${high}`;
  return label;
};

export const ChoiceControls = ({ id, field, answer, onAnswer }: ControlsProps<ChoiceField>) => (
  <div className={field.row ? 'options options-row' : 'options'}>
    {field.options.map(({ value, label }) => (
      <label className="option" key={value}>
        <input
          type="radio"
          name={`${id}-${field.name}`}
          checked={answer === value}
          onChange={() => onAnswer(field.name, value)}
        />
        <span>{label}</span>
      </label>
    ))}
  </div>
);

export const ChoicesControls = ({ id, field, answer, describedBy, onAnswer }: ControlsProps<ChoicesField>) => {
  const chosen = typeof answer === 'object' ? answer : [];
  const toggle = (toggled: OptionValue, isChosen: boolean) => {
    const isKept = (value: OptionValue) => (value === toggled ? isChosen : chosen.includes(value));
    // In the order of the options, so that the same choice is always the same answer.
    const values = field.options.map(({ value }) => value);
    onAnswer(field.name, values.filter(isKept));
  };
  return (
    <div className="options">
      {field.options.map(({ value, label }) => (
        <label className="option" key={value}>
          <input
            type="checkbox"
            name={`${id}-${field.name}`}
            checked={chosen.includes(value)}
            aria-describedby={describedBy}
            onChange={(event) => toggle(value, event.currentTarget.checked)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
};

/** Has no `maxlength`, which would silently cut pasted text: the counter and a message tell the limit. */
export const TextControl = ({ id, field, answer, describedBy, invalid, onAnswer }: ControlsProps<TextField>) => {
  const text = typeof answer === 'string' ? answer : '';
  const length = textLength(text);
  const attributes = {
    id,
    value: text,
    dir: 'auto' as const,
    autoComplete: 'off',
    'aria-required': field.required,
    'aria-invalid': invalid,
    'aria-describedby': [describedBy, `${id}-count`].filter(Boolean).join(' '),
    onChange: (event: { currentTarget: { value: string } }) => onAnswer(field.name, event.currentTarget.value),
  };
  return (
    <>
      {field.multiline ? <textarea rows={5} {...attributes} /> : <input type="text" {...attributes} />}
      <p className={length > field.maxLength ? 'counter counter-over' : 'counter'} id={`${id}-count`}>
        {length} of {field.maxLength} characters
      </p>
    </>
  );
};
