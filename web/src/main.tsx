import { render } from 'preact/compat';
import { createSessionKeeper } from './api/session.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
render(
  <ErrorBoundary>
    <App session={createSessionKeeper()} />
  </ErrorBoundary>,
  root,
);
