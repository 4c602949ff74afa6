import { useQuery } from 'urql';
import { errorText } from '../api/errors.ts';
import { loadSavedAnswers } from '../form/saved-answers.ts';
import { graphql } from '../gql/index.ts';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
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
  const questionnaires = data?.questionnaires;
  return (
    <>
      <PageHeading title="Start">What would you like to look at?</PageHeading>
      <p className="lead">Choose a questionnaire. You get a summary and recommendations as soon as they are ready.</p>
      {!questionnaires && fetching && <p role="status">Loading …</p>}
      {!questionnaires && error && <Problem message={errorText(error)} onRetry={() => reload()} />}
      <ul className="cards">
        {questionnaires?.map(({ id, slug, language, title, description, minutes }) => (
          <li className="card" key={id}>
            <h2 lang={language}>{title}</h2>
            <p lang={language}>{description}</p>
            <p className="hint">About {minutes === 1 ? 'a minute' : `${minutes} minutes`}</p>
            <Link className="button" href={paths.take(slug)} aria-label={`${callFor(slug)}: ${title}`}>
              {callFor(slug)}
            </Link>
          </li>
        ))}
      </ul>
      <AssessmentList />
    </>
  );
};

const callFor = (slug: string) => (loadSavedAnswers(sessionStorage, slug) ? 'Continue' : 'Start');
