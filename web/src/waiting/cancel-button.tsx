import { CancelAssessment } from '../api/change.ts';
import { useChange, type ChangeListener } from '../api/use-change.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { resultTexts } from '../texts/result.ts';

interface CancelButtonProps extends ChangeListener {
  id: string;
}

/** Stops the writing of an assessment, after a question. */
export const CancelButton = ({ id, ...listener }: CancelButtonProps) => {
  const { busy, problem, run } = useChange(CancelAssessment, listener);
  return (
    <ConfirmButton
      words={resultTexts.cancel}
      className="button-link"
      busy={busy}
      problem={problem}
      onYes={() => void run(id)}
    />
  );
};
