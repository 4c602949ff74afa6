import { lazy, Suspense, useEffect, useState } from 'react';
import { Provider } from 'urql';
import type { LiveState } from './api/live-state.ts';
import { LiveProvider } from './api/live.ts';
import { SessionIdProvider } from './api/session-id.ts';
import type { SessionKeeper, SessionNotice, SessionState } from './api/session.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { FailedPage } from './failed-page.tsx';
import { SealedNotice } from './form/sealed-notice.tsx';
import { Loading } from './loading.tsx';
import { loadPart } from './missing-part.ts';
import { Link, useRoute } from './navigation.tsx';
import { MissingPage } from './pages/missing-page.tsx';
import { StartPage } from './pages/start-page.tsx';
import { parseRoute, paths, type Route } from './routes.ts';
import { useStore } from './store.ts';
import { LanguageChoice } from './language-choice.tsx';
import { footerTexts, inOwnLanguage, listTexts, texts } from './texts/index.ts';
import { loadResultTexts } from './texts/result.ts';
import { LeaveButton } from './trust/ending-buttons.tsx';

const loadTakePage = () => import('./pages/take-page.tsx');
const TakePage = lazy(async () => ({ default: (await loadPart(loadTakePage)).TakePage }));
/** The words first: the modules of these pages take them as they are evaluated. */
const withWords =
  <Loaded,>(load: () => Promise<Loaded>) =>
  (): Promise<Loaded> =>
    loadResultTexts().then(load);
const loadAssessmentPage = withWords(() => import('./pages/assessment-page.tsx'));
const loadAnswersPage = withWords(() => import('./pages/answers-page.tsx'));
const loadHistoryPage = withWords(() => import('./history/history-page.tsx'));
const loadAboutPage = withWords(() => import('./pages/about-page.tsx'));
const AssessmentPage = lazy(async () => ({ default: (await loadPart(loadAssessmentPage)).AssessmentPage }));
const AnswersPage = lazy(async () => ({ default: (await loadPart(loadAnswersPage)).AnswersPage }));
const HistoryPage = lazy(async () => ({ default: (await loadPart(loadHistoryPage)).HistoryPage }));
const AboutPage = lazy(async () => ({ default: (await loadPart(loadAboutPage)).AboutPage }));

/** Loads what the page of the address needs beside the session. */
const loadAhead = () => {
  const { name } = parseRoute(location.pathname);
  if (name === 'take') loadTakePage().catch(() => {});
  if (name === 'assessment' || name === 'answers' || name === 'list' || name === 'about')
    loadResultTexts().catch(() => {});
};

/** The frame of every page, and in it the page of the address. */
export const App = ({ session }: { session: SessionKeeper }) => {
  const state = useStore(session.state);
  const liveState = useStore(session.liveState);
  const route = useRoute();
  useState(loadAhead);
  const isLeavingGone = state.phase === 'gone' && route.name !== 'about';
  useEffect(() => {
    if (isLeavingGone) session.retry();
  }, [session, isLeavingGone]);

  return (
    <>
      <a className="skip-link" href="#content" {...inOwnLanguage}>
        {texts.frame.skip}
      </a>
      <header {...inOwnLanguage}>
        <Link className="brand" href={paths.start}>
          Assay
        </Link>
        <Link href={paths.list}>{listTexts.heading}</Link>
      </header>
      <main id="content" tabIndex={-1}>
        <div role="status" {...inOwnLanguage}>
          {state.phase === 'ready' && state.notice && <Notice of={state.notice} onDismiss={session.dismissNotice} />}
        </div>
        {state.phase === 'failed' ? (
          <FailedPage message={state.message} requestId={state.requestId} onRetry={session.retry} />
        ) : state.phase === 'gone' ? (
          <Suspense fallback={<Loading />}>
            <AboutPage session={session} state={state} />
          </Suspense>
        ) : (
          <Provider value={state.client}>
            <LiveProvider value={state.live}>
              <SessionIdProvider value={state.phase === 'ready' ? state.sessionId : undefined}>
                {state.phase === 'ready' && <SealedNotice />}
                <ErrorBoundary key={keyOf(route)}>
                  <Suspense fallback={<Loading />}>
                    <Page route={route} keeper={session} session={state} liveState={liveState} />
                  </Suspense>
                </ErrorBoundary>
              </SessionIdProvider>
            </LiveProvider>
          </Provider>
        )}
      </main>
      <footer {...inOwnLanguage}>
        <LanguageChoice />
        <Link href={paths.about}>{footerTexts.about}</Link>
        {state.phase === 'ready' && <LeaveButton session={session} className="button-link" />}
      </footer>
    </>
  );
};

interface PageProps {
  route: Route;
  keeper: SessionKeeper;
  session: Exclude<SessionState, { phase: 'failed' | 'gone' }>;
  liveState: LiveState;
}

const Page = ({ route, keeper, session, liveState }: PageProps) => {
  const { name } = route;
  useEffect(() => {
    // The next page is there before it is needed. If it cannot be loaded now, it is loaded then.
    if (name === 'take') loadAssessmentPage().catch(() => {});
    return name === 'start' ? atFirstTouch(() => void loadTakePage().catch(() => {})) : undefined;
  }, [name]);
  switch (route.name) {
    case 'start':
      return <StartPage session={session} />;
    case 'take':
      return <TakePage slug={route.slug} page={route.page} from={route.from} session={session} />;
    case 'assessment':
      return session.phase === 'ready' ? (
        // Another session knows nothing of what this one has shown.
        <AssessmentPage key={session.sessionId} id={route.id} liveState={liveState} />
      ) : (
        <Loading />
      );
    case 'answers':
      return session.phase === 'ready' ? <AnswersPage id={route.id} /> : <Loading />;
    case 'list':
      return session.phase === 'ready' ? <HistoryPage /> : <Loading />;
    case 'about':
      return <AboutPage session={keeper} state={session} />;
    default:
      return <MissingPage>{texts.frame.nothingHere}</MissingPage>;
  }
};

/** Runs once, as soon as a pointer or the focus is anywhere on the page. */
const atFirstTouch = (run: () => void): (() => void) => {
  const left = new AbortController();
  const once = () => {
    left.abort();
    run();
  };
  for (const event of ['pointermove', 'pointerdown', 'focusin']) addEventListener(event, once, { signal: left.signal });
  return () => left.abort();
};

/** A key of its own for each questionnaire and assessment: otherwise the state of the page before would be kept. */
const keyOf = (route: Route): string => {
  if (route.name === 'take') return `take ${route.slug} ${route.from ?? ''}`;
  return route.name === 'assessment' || route.name === 'answers' ? `${route.name} ${route.id}` : route.name;
};

const Notice = ({ of, onDismiss }: { of: SessionNotice; onDismiss: () => void }) => (
  <div className="notice">
    <p>{of === 'left' ? footerTexts.left : texts.frame.renewed}</p>
    <button type="button" className="button-quiet" onClick={onDismiss}>
      {texts.frame.close}
    </button>
  </div>
);
