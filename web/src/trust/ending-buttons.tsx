import { useState } from 'react';
import type { SessionKeeper } from '../api/session.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import type { Words } from '../texts/server-words.ts';
import { footerTexts as texts } from '../texts/index.ts';

interface EndingButtonProps {
  session: SessionKeeper;
  className?: string;
}

/** Ends the session on this device, after a question. The start page says that it has ended. */
export const LeaveButton = ({ session, className }: EndingButtonProps) => {
  const { run, ...state } = useEnding(async () => {
    const problem = await session.leave();
    if (problem !== undefined) return problem;
    navigate(paths.start);
    window.scrollTo(0, 0);
    return undefined;
  });
  return <ConfirmButton words={texts.leave} className={className} {...state} onYes={() => void run()} />;
};

/** Runs the end of a session, which takes the button away. `problem`: why the last try did not work. */
export const useEnding = (end: () => Promise<Words | undefined>) => {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Words>();
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(await end());
    setBusy(false);
  };
  return { busy, problem, run };
};
