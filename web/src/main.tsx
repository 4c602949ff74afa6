import { render } from 'preact/compat';
import { startServiceWorker } from './api/offline.ts';
import { createSessionKeeper } from './api/session.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { deviceStorage } from './form/device-storage.ts';
import { inOwnLanguage, openTexts } from './texts/index.ts';
import { chosenLanguage } from './texts/languages.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
// The session needs no words, so it is opened meanwhile.
const session = createSessionKeeper();
// Not before the first page is there: it would wait for the files of the others.
const unsubscribe = session.state.subscribe(() => {
  if (session.state.get().phase !== 'ready') return;
  unsubscribe();
  startServiceWorker();
});
void openTexts(chosenLanguage(deviceStorage, navigator.languages)).then(() => {
  Object.assign(document.documentElement, inOwnLanguage);
  render(
    <ErrorBoundary>
      <App session={session} />
    </ErrorBoundary>,
    root,
  );
});
