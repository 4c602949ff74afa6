import { render } from 'preact/compat';
import { startServiceWorker } from './api/offline.ts';
import { createSessionKeeper } from './api/session.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
const session = createSessionKeeper();
// Not before the first page is there: it would wait for the files of the others.
const unsubscribe = session.state.subscribe(() => {
  if (session.state.get().phase !== 'ready') return;
  unsubscribe();
  startServiceWorker();
});
render(
  <ErrorBoundary>
    <App session={session} />
  </ErrorBoundary>,
  root,
);
