import { useState } from 'react';
import { useMutation } from 'urql';
import { DeleteAssessment, readDeletion } from '../api/deletion.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { deviceStorage } from '../form/device-storage.ts';
import { dropAssessment } from '../form/drafts.ts';
import type { Words } from '../texts/server-words.ts';
import { resultTexts } from '../texts/result.ts';

interface DeleteButtonProps {
  id: string;
  label?: string;
  className?: string;
  /** The assessment is gone. */
  onDeleted: () => void;
}

/** Deletes an assessment for good, after a question, with what this device has of it. */
export const DeleteButton = ({ id, onDeleted, ...look }: DeleteButtonProps) => {
  const [{ fetching }, mutate] = useMutation(DeleteAssessment);
  const [problem, setProblem] = useState<Words>();
  const run = async () => {
    if (fetching) return;
    setProblem(undefined);
    const refused = readDeletion(await mutate({ id }));
    setProblem(refused);
    if (refused !== undefined) return;
    dropAssessment(deviceStorage, id);
    onDeleted();
  };
  return (
    <ConfirmButton
      {...look}
      words={resultTexts.actions.delete}
      busy={fetching}
      problem={problem}
      onYes={() => void run()}
    />
  );
};
