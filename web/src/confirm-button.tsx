import { useId, useState, type KeyboardEvent } from 'react';
import { useFocusRescue } from './focus-rescue.ts';
import { inOwnLanguage } from './texts/index.ts';

interface ConfirmButtonProps {
  call: string;
  /** What the button does, for a screen reader that reads it alone. */
  label?: string;
  question: string;
  yes: string;
  no: string;
  onYes: () => void;
}

/** Asks before it acts. The way back is where the first click was, so a double click does nothing. */
export const ConfirmButton = ({ call, label, question, yes, no, onYes }: ConfirmButtonProps) => {
  const id = useId();
  /** Undefined: the button was not used yet. False: the question was dismissed, so the button takes the focus. */
  const [asking, setAsking] = useState<boolean>();
  const frame = useFocusRescue<HTMLDivElement>();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') setAsking(false);
  };
  return (
    <div className="cancel" ref={frame} {...inOwnLanguage}>
      {asking ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons have the focus
        <div className="cancel-question" role="group" aria-labelledby={id} onKeyDown={onKeyDown}>
          <p id={id}>{question}</p>
          <button type="button" autoFocus onClick={() => setAsking(false)}>
            {no}
          </button>
          <button
            type="button"
            className="button-quiet"
            onClick={() => {
              setAsking(false);
              onYes();
            }}
          >
            {yes}
          </button>
        </div>
      ) : (
        <button
          type="button"
          className="button-quiet"
          aria-label={label}
          autoFocus={asking === false}
          onClick={() => setAsking(true)}
        >
          {call}
        </button>
      )}
    </div>
  );
};
