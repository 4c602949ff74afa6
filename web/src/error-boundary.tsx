import { Component, type ReactNode } from 'react';
import { Problem } from './problem.tsx';

/** A fault in one page leaves the frame around it standing. React offers this to classes only. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  static getDerivedStateFromError() {
    return { failed: true };
  }

  override state = { failed: false };

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Problem message="This page cannot be shown.">
        <p>
          <a href="/">Back to the start</a>
        </p>
      </Problem>
    );
  }
}
