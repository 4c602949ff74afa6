import { useId, useState, type KeyboardEvent } from 'react';
import { useFocusRescue } from './focus-rescue.ts';
import { Said } from './said.tsx';
import type { Words } from './texts/server-words.ts';
import { inOwnLanguage } from './texts/index.ts';

interface ConfirmButtonProps {
  words: { call: string; question: string; yes: string; no: string; busy?: string };
  /** The action in words, for a screen reader that reads the button alone. */
  label?: string;
  busy?: boolean;
  /** Why the last try was refused. */
  problem?: Words | undefined;
  /** @defaultValue button-quiet */
  className?: string;
  onYes: () => void;
}

/** Asks before it acts. The way back is where the first click was, so a double click does nothing. */
export const ConfirmButton = (props: ConfirmButtonProps) => {
  const { words, label, busy = false, problem, className = 'button-quiet', onYes } = props;
  const id = useId();
  /** Undefined: the button was not used yet. False: the question was dismissed, so the button takes the focus. */
  const [asking, setAsking] = useState<boolean>();
  const frame = useFocusRescue<HTMLDivElement>();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') setAsking(false);
  };
  return (
    <div className="cancel" ref={frame} {...inOwnLanguage}>
      {asking || busy ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons have the focus
        <div className="cancel-question" role="group" aria-labelledby={id} onKeyDown={onKeyDown}>
          <p id={id}>{words.question}</p>
          <button type="button" ref={takeFocus} onClick={() => setAsking(false)}>
            {words.no}
          </button>
          <button
            type="button"
            className="button-quiet"
            aria-disabled={busy}
            onClick={() => {
              setAsking(false);
              onYes();
            }}
          >
            {busy ? (words.busy ?? words.yes) : words.yes}
          </button>
        </div>
      ) : (
        <button
          type="button"
          className={className}
          aria-label={label}
          ref={asking === false ? takeFocus : undefined}
          onClick={() => setAsking(true)}
        >
          {words.call}
        </button>
      )}
      {problem && (
        <p className="problem" role="alert">
          <Said words={problem} />
        </p>
      )}
    </div>
  );
};

/** Not `autofocus`, which works once in a document. */
const takeFocus = (button: HTMLButtonElement | null) => button?.focus();
