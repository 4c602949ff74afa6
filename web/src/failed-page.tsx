import type { ReactNode } from 'react';
import { PageHeading } from './page-heading.tsx';
import { Problem } from './problem.tsx';
import { texts } from './texts/index.ts';

interface FailedPageProps {
  title?: string;
  message: string;
  requestId?: string;
  onRetry?: () => void;
  children?: ReactNode;
}

/** In place of a page that can't be shown. */
export const FailedPage = ({ title = texts.failed.title, message, requestId, ...rest }: FailedPageProps) => (
  <>
    <PageHeading takesFocus>{title}</PageHeading>
    <Problem message={message} {...rest} />
    {requestId && !message.includes(requestId) && <p className="hint">{texts.failed.mention(requestId)}</p>}
  </>
);
