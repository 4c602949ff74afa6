import { useId, useState, type KeyboardEvent } from 'react';
import { useFocusRescue } from './focus-rescue.ts';

interface ConfirmedButtonProps {
  texts: { call: string; question: string; yes: string; no: string; busy: string };
  busy: boolean;
  /** Why the last try was refused. */
  problem: string | undefined;
  onConfirmed: () => void;
  /** @defaultValue button-quiet */
  className?: string;
}

/** A button that asks before it acts. The question is where the first click was, so that a double click does nothing. */
export const ConfirmedButton = ({
  texts,
  busy,
  problem,
  onConfirmed,
  className = 'button-quiet',
}: ConfirmedButtonProps) => {
  /** Undefined: the button was not used yet. False: the question was dismissed, so the button takes the focus. */
  const [asking, setAsking] = useState<boolean>();
  const frame = useFocusRescue<HTMLDivElement>();
  const question = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setAsking(false);
  };
  return (
    <div className="cancel" ref={frame}>
      {asking ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons have the focus
        <div className="cancel-question" role="group" aria-labelledby={question} onKeyDown={onKeyDown}>
          <p id={question}>{texts.question}</p>
          <button type="button" autoFocus onClick={() => setAsking(false)}>
            {texts.no}
          </button>
          <button type="button" className="button-quiet" aria-disabled={busy} onClick={onConfirmed}>
            {busy ? texts.busy : texts.yes}
          </button>
        </div>
      ) : (
        <button type="button" className={className} autoFocus={asking === false} onClick={() => setAsking(true)}>
          {texts.call}
        </button>
      )}
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
};
