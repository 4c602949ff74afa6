import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { errorText } from '../api/errors.ts';
import { keptOffline } from '../api/offline.ts';
import type { SessionState } from '../api/session.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { deviceStorage } from '../form/device-storage.ts';
import { dropDraft, findDraft, type FoundDraft } from '../form/drafts.ts';
import { graphql } from '../gql/index.ts';
import { Skeleton } from '../loading.tsx';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
import { inLanguage, pageLanguage, texts } from '../texts/index.ts';
import { AssessmentList } from './assessment-list.tsx';

const Questionnaires = graphql(`
  query Questionnaires($language: String!) {
    questionnaires(language: $language) {
      id
      slug
      language
      title
      summary
      description
      minutes
    }
  }
`);

const CONTEXT = keptOffline('_all');

export const StartPage = ({ session }: { session: SessionState }) => {
  const [{ data, error }, reload] = useQuery({
    query: Questionnaires,
    variables: { language: pageLanguage },
    context: CONTEXT,
  });
  // The shortest first: it is the one to begin with, and on a phone the only one in view.
  const questionnaires = data?.questionnaires?.toSorted((a, b) => a.minutes - b.minutes);
  const isLoading = !questionnaires && !error;
  return (
    <>
      <PageHeading title={texts.start.title}>{texts.start.heading}</PageHeading>
      <p className="lead">{texts.start.lead}</p>
      <div role="status">{isLoading && <span className="visually-hidden">{texts.loading}</span>}</div>
      {isLoading && <Skeleton />}
      {!questionnaires && error && <Problem message={errorText(error)} onRetry={() => reload()} />}
      <ul className="cards">
        {questionnaires?.map(({ id, slug, language, title, summary, description, minutes }) => (
          <li className="card" key={id}>
            <h2 {...inLanguage(language)}>{title}</h2>
            <p {...inLanguage(language)}>{summary ?? description}</p>
            <p className="hint">{texts.start.minutes(minutes)}</p>
            <Begin slug={slug} title={title} session={session.phase === 'ready' ? session.sessionId : undefined} />
          </li>
        ))}
      </ul>
      {/* Not before the cards: they would move it. */}
      <AssessmentList hidden={isLoading} session={session} />
    </>
  );
};

/** The way into a form: to its beginning, or on from where it was left. */
const Begin = ({ slug, title, session }: { slug: string; title: string; session: string | undefined }) => {
  const [found, startOver] = useFoundDraft(slug, session);
  const progress = found?.draft.progress;
  const call = progress ? texts.start.goOn(progress.answered, progress.of) : texts.start.begin;
  const labelOf = (text: string) => texts.start.call(text, title);
  return (
    <div className="buttons begin">
      <Link className="button" href={paths.take(slug)} aria-label={labelOf(call)}>
        {call}
      </Link>
      {found && <ConfirmButton words={texts.startOver} label={labelOf(texts.startOver.call)} onYes={startOver} />}
    </div>
  );
};

/** The draft of a questionnaire on this device, and the way to remove it. Other tabs can change it at any time. */
const useFoundDraft = (slug: string, session: string | undefined): [FoundDraft | undefined, () => void] => {
  const [found, setFound] = useState<FoundDraft>();
  useEffect(() => {
    if (session === undefined) return undefined;
    const look = () => setFound(findDraft(deviceStorage, { session, slug }));
    look();
    window.addEventListener('storage', look);
    return () => window.removeEventListener('storage', look);
  }, [session, slug]);
  const startOver = () => {
    if (found) dropDraft(deviceStorage, found.place);
    setFound(undefined);
  };
  return [found, startOver];
};
