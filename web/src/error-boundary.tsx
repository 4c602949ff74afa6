import { Component, type ReactNode } from 'react';
import { FailedPage } from './failed-page.tsx';
import { texts } from './texts/index.ts';

/** An error in a page leaves the frame around it intact. A class, because there is no hook for it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  static override getDerivedStateFromError() {
    return { failed: true };
  }

  override state = { failed: false };

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <FailedPage message={texts.failed.page}>
        <p>
          <a href="/">{texts.backToStart}</a>
        </p>
      </FailedPage>
    );
  }
}
