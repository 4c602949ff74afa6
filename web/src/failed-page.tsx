import type { ReactNode } from 'react';
import { PageHeading } from './page-heading.tsx';
import { Problem } from './problem.tsx';

interface FailedPageProps {
  title?: string;
  message: string;
  requestId?: string;
  onRetry?: () => void;
  children?: ReactNode;
}

/** In place of a page that can't be shown. */
export const FailedPage = ({ title = 'This page cannot be shown', message, requestId, ...rest }: FailedPageProps) => (
  <>
    <PageHeading takesFocus>{title}</PageHeading>
    <Problem message={message} {...rest} />
    {requestId && !message.includes(requestId) && (
      <p className="hint">If it stays like this, please mention {requestId}.</p>
    )}
  </>
);
