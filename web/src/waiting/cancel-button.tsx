import { useState, type KeyboardEvent } from 'react';
import { CancelAssessment } from '../api/change.ts';
import { useChange, type ChangeListener } from '../api/use-change.ts';
import { useFocusRescue } from '../focus-rescue.ts';

interface CancelButtonProps extends ChangeListener {
  id: string;
}

/** Asks for a confirmation. “Keep waiting” is where the first click was, so that a double click cancels nothing. */
export const CancelButton = ({ id, ...listener }: CancelButtonProps) => {
  const { busy, problem, run } = useChange(CancelAssessment, listener);
  /** Undefined: the button was not used yet. False: the question was dismissed, so the button takes the focus. */
  const [asking, setAsking] = useState<boolean>();
  const frame = useFocusRescue<HTMLDivElement>();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Escape') setAsking(false);
  };
  return (
    <div className="cancel" ref={frame}>
      {asking ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons have the focus
        <div className="cancel-question" role="group" aria-labelledby="cancel-question" onKeyDown={onKeyDown}>
          <p id="cancel-question">Stop here? Your answers are kept.</p>
          <button type="button" className="button-quiet" aria-disabled={busy} onClick={() => void run(id)}>
            {busy ? 'Cancelling …' : 'Yes, cancel'}
          </button>
          <button type="button" ref={takeFocus} onClick={() => setAsking(false)}>
            Keep waiting
          </button>
        </div>
      ) : (
        <button
          type="button"
          className="button-quiet"
          ref={asking === false ? takeFocus : undefined}
          onClick={() => setAsking(true)}
        >
          Cancel
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

/** Not `autofocus`, which works once in a document. */
const takeFocus = (button: HTMLButtonElement | null) => button?.focus();
