import { lazy, Suspense, useEffect } from 'react';
import { Provider } from 'urql';
import type { LiveState } from './api/live-state.ts';
import { LiveProvider } from './api/live.ts';
import type { SessionKeeper } from './api/session.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Link, useRoute } from './navigation.tsx';
import { MissingPage } from './pages/missing-page.tsx';
import { StartPage } from './pages/start-page.tsx';
import { TakePage } from './pages/take-page.tsx';
import { Problem } from './problem.tsx';
import { paths, type Route } from './routes.ts';
import { useStore } from './store.ts';
import { listTexts } from './texts/list.en.ts';

const loadAssessmentPage = () => import('./pages/assessment-page.tsx');
const AssessmentPage = lazy(async () => ({ default: (await loadAssessmentPage()).AssessmentPage }));
const AnswersPage = lazy(async () => ({ default: (await import('./pages/answers-page.tsx')).AnswersPage }));
const HistoryPage = lazy(async () => ({ default: (await import('./history/history-page.tsx')).HistoryPage }));

/** The frame of every page: starts the session, then shows the page of the address. */
export const App = ({ session }: { session: SessionKeeper }) => {
  const state = useStore(session.state);
  const liveState = useStore(session.liveState);
  const route = useRoute();
  useEffect(() => session.start(), [session]);

  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header>
        <Link className="brand" href={paths.start}>
          Assay
        </Link>
        <Link href={paths.list}>{listTexts.heading}</Link>
      </header>
      <main id="content" tabIndex={-1}>
        <div role="status">
          {state.phase === 'starting' && <p>Loading …</p>}
          {state.phase === 'ready' && state.renewed && <RenewedNotice onDismiss={session.dismissNotice} />}
        </div>
        {state.phase === 'failed' && <Problem message={state.message} onRetry={session.start} />}
        {state.phase === 'ready' && (
          <Provider value={state.client}>
            <LiveProvider value={state.live}>
              <ErrorBoundary key={keyOf(route)}>
                <Suspense fallback={<p role="status">Loading …</p>}>
                  <Page route={route} liveState={liveState} />
                </Suspense>
              </ErrorBoundary>
            </LiveProvider>
          </Provider>
        )}
      </main>
    </>
  );
};

const Page = ({ route, liveState }: { route: Route; liveState: LiveState }) => {
  const isForm = route.name === 'take';
  useEffect(() => {
    // The page after a form is there before it is needed. If it cannot be loaded now, it is loaded then.
    if (isForm) loadAssessmentPage().catch(() => {});
  }, [isForm]);
  switch (route.name) {
    case 'start':
      return <StartPage />;
    case 'take':
      return <TakePage slug={route.slug} page={route.page} />;
    case 'assessment':
      return <AssessmentPage id={route.id} liveState={liveState} />;
    case 'answers':
      return <AnswersPage id={route.id} />;
    case 'list':
      return <HistoryPage />;
    default:
      return <MissingPage>There is nothing at this address.</MissingPage>;
  }
};

/** A key of its own for each questionnaire and assessment: React then keeps no state of the page before. */
const keyOf = (route: Route): string => {
  if (route.name === 'take') return `take ${route.slug}`;
  return route.name === 'assessment' || route.name === 'answers' ? `${route.name} ${route.id}` : route.name;
};

const RenewedNotice = ({ onDismiss }: { onDismiss: () => void }) => (
  <div className="notice">
    <p>
      Your session had ended, so a new one was started. Assessments of the earlier session cannot be shown any more.
    </p>
    <button type="button" className="button-quiet" onClick={onDismiss}>
      Close
    </button>
  </div>
);
