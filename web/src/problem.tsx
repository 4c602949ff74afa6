import type { ReactNode } from 'react';
import { texts } from './texts/index.ts';

interface ProblemProps {
  message: string;
  onRetry?: () => void;
  children?: ReactNode;
}

/** An error message, with a button to try again. */
export const Problem = ({ message, onRetry, children }: ProblemProps) => (
  <div className="notice notice-problem" role="alert">
    <p>{message}</p>
    {onRetry && (
      <button type="button" onClick={onRetry}>
        {texts.failed.again}
      </button>
    )}
    {children}
  </div>
);
