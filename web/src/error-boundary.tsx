import { Component, useState, type ReactNode } from 'react';
import { FailedPage } from './failed-page.tsx';
import { missingReason, MissingPartError, type MissingReason } from './missing-part.ts';
import { texts } from './texts/index.ts';

interface Failed {
  failed: boolean;
  error?: unknown;
}

/** An error in a page leaves the frame around it intact. A class, because there is no hook for it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, Failed> {
  static override getDerivedStateFromError(error: unknown): Failed {
    return { failed: true, error };
  }

  override state: Failed = { failed: false };

  override render() {
    const { failed, error } = this.state;
    if (!failed) return this.props.children;
    if (error instanceof MissingPartError) return <MissingPart reason={error.reason} />;
    return (
      <FailedPage message={texts.failed.page}>
        <p>
          <a href="/">{texts.backToStart}</a>
        </p>
      </FailedPage>
    );
  }
}

const MissingPart = ({ reason }: { reason: MissingReason }) => {
  const [shown, setShown] = useState<MissingReason | 'trying'>(reason);
  const { titles, because, load } = texts.failed.missing;
  const tryAgain = async () => {
    setShown('trying');
    const now = await missingReason();
    // Without a connection the browser would leave its own error page.
    if (now === 'offline') setShown(now);
    else location.reload();
  };
  return (
    <FailedPage title={titles[reason]} message={shown === 'trying' ? texts.loading : because[shown]}>
      <button type="button" aria-disabled={shown === 'trying'} onClick={() => shown !== 'trying' && void tryAgain()}>
        {load}
      </button>
    </FailedPage>
  );
};
