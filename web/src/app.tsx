import { useEffect } from 'react';
import { Provider } from 'urql';
import type { LiveState } from './api/live-state.ts';
import { LiveProvider } from './api/live.ts';
import { SessionIdProvider } from './api/session-id.ts';
import type { SessionKeeper } from './api/session.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { SealedNotice } from './form/sealed-notice.tsx';
import { Link, useRoute } from './navigation.tsx';
import { AssessmentPage } from './pages/assessment-page.tsx';
import { MissingPage } from './pages/missing-page.tsx';
import { StartPage } from './pages/start-page.tsx';
import { TakePage } from './pages/take-page.tsx';
import { Problem } from './problem.tsx';
import { paths, type Route } from './routes.ts';
import { useStore } from './store.ts';
import { inOwnLanguage, texts } from './texts/index.ts';

/** The frame of every page: starts the session, then shows the page of the address. */
export const App = ({ session }: { session: SessionKeeper }) => {
  const state = useStore(session.state);
  const liveState = useStore(session.liveState);
  const route = useRoute();
  useEffect(() => session.start(), [session]);

  return (
    <>
      <a className="skip-link" href="#content" {...inOwnLanguage}>
        {texts.frame.skip}
      </a>
      <header>
        <Link className="brand" href={paths.start}>
          Assay
        </Link>
      </header>
      <main id="content" tabIndex={-1}>
        <div role="status" {...inOwnLanguage}>
          {state.phase === 'starting' && <p>{texts.loading}</p>}
          {state.phase === 'ready' && state.renewed && <RenewedNotice onDismiss={session.dismissNotice} />}
        </div>
        {state.phase === 'failed' && <Problem message={state.message} onRetry={session.start} />}
        {state.phase === 'ready' && (
          <Provider value={state.client}>
            <LiveProvider value={state.live}>
              <SessionIdProvider value={state.sessionId}>
                <SealedNotice />
                <ErrorBoundary key={keyOf(route)}>
                  <Page route={route} liveState={liveState} />
                </ErrorBoundary>
              </SessionIdProvider>
            </LiveProvider>
          </Provider>
        )}
      </main>
    </>
  );
};

const Page = ({ route, liveState }: { route: Route; liveState: LiveState }) => {
  switch (route.name) {
    case 'start':
      return <StartPage />;
    case 'take':
      return <TakePage slug={route.slug} page={route.page} from={route.from} />;
    case 'assessment':
      return <AssessmentPage id={route.id} liveState={liveState} />;
    default:
      return <MissingPage>{texts.frame.nothingHere}</MissingPage>;
  }
};

/** A key of its own for each questionnaire and assessment: React then keeps no state of the page before. */
const keyOf = (route: Route): string => {
  if (route.name === 'take') return `take ${route.slug} ${route.from ?? ''}`;
  return route.name === 'assessment' ? `assessment ${route.id}` : route.name;
};

const RenewedNotice = ({ onDismiss }: { onDismiss: () => void }) => (
  <div className="notice">
    <p>{texts.frame.renewed}</p>
    <button type="button" className="button-quiet" onClick={onDismiss}>
      {texts.frame.close}
    </button>
  </div>
);
