import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { errorText } from '../api/errors.ts';
import { useSessionId } from '../api/session-id.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { deviceStorage } from '../form/device-storage.ts';
import { dropDraft, findDraft, type FoundDraft } from '../form/drafts.ts';
import { graphql } from '../gql/index.ts';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
import { texts } from '../texts/index.ts';
import { AssessmentList } from './assessment-list.tsx';

const Questionnaires = graphql(`
  query Questionnaires {
    questionnaires {
      id
      slug
      language
      title
      description
      minutes
    }
  }
`);

export const StartPage = () => {
  const [{ data, error, fetching }, reload] = useQuery({ query: Questionnaires });
  return (
    <>
      <PageHeading title={texts.start.title}>{texts.start.heading}</PageHeading>
      <p className="lead">{texts.start.lead}</p>
      {!data && fetching && <p role="status">{texts.loading}</p>}
      {!data && error && <Problem message={errorText(error)} onRetry={() => reload()} />}
      <ul className="cards">
        {data?.questionnaires.map(({ id, slug, language, title, description, minutes }) => (
          <li className="card" key={id}>
            <h2 lang={language}>{title}</h2>
            <p lang={language}>{description}</p>
            <p className="hint">{texts.start.minutes(minutes)}</p>
            <Begin slug={slug} title={title} />
          </li>
        ))}
      </ul>
      <AssessmentList />
    </>
  );
};

/** The way into a form: to its beginning, or on from where it was left. */
const Begin = ({ slug, title }: { slug: string; title: string }) => {
  const [found, startOver] = useFoundDraft(slug);
  const progress = found?.draft.progress;
  const call = progress ? texts.start.goOn(progress.answered, progress.of) : texts.start.begin;
  const labelOf = (text: string) => texts.start.call(text, title);
  return (
    <div className="buttons begin">
      <Link className="button" href={paths.take(slug)} aria-label={labelOf(call)}>
        {call}
      </Link>
      {found && <ConfirmButton {...texts.startOver} label={labelOf(texts.startOver.call)} onYes={startOver} />}
    </div>
  );
};

/** The draft of a questionnaire on this device, and the way to remove it. Other tabs can change it at any time. */
const useFoundDraft = (slug: string): [FoundDraft | undefined, () => void] => {
  const session = useSessionId();
  const [found, setFound] = useState(() => findDraft(deviceStorage, { session, slug }));
  useEffect(() => {
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
