import { useState } from 'react';
import { useQuery } from 'urql';
import { errorText, isAbsent } from '../api/errors.ts';
import { loadSavedAnswers } from '../form/saved-answers.ts';
import { QuestionnaireForm } from '../form/questionnaire-form.tsx';
import { graphql } from '../gql/index.ts';
import { PageHeading } from '../page-heading.tsx';
import { Problem } from '../problem.tsx';
import { MissingPage } from './missing-page.tsx';

const QuestionnaireQuery = graphql(`
  query Questionnaire($slug: String!, $version: Int) {
    questionnaire(slug: $slug, version: $version) {
      id
      slug
      version
      language
      title
      description
      schema
      pages {
        title
        items {
          key
        }
      }
    }
  }
`);

/** The form of a questionnaire. Saved answers are continued in the version of the questionnaire that they belong to. */
export const TakePage = ({ slug, page }: { slug: string; page: number | undefined }) => {
  const [version, setVersion] = useState(() => loadSavedAnswers(sessionStorage, slug)?.version);
  const [result, reload] = useQuery({ query: QuestionnaireQuery, variables: { slug, version } });
  const { data, error, fetching } = result;
  const questionnaire = data?.questionnaire;

  const isVersionGone = isAbsent(result, 'questionnaire') && version !== undefined && !fetching;
  if (isVersionGone) setVersion(undefined);

  if (questionnaire) {
    return (
      <>
        <PageHeading language={questionnaire.language}>{questionnaire.title}</PageHeading>
        {(page ?? 1) === 1 && <p lang={questionnaire.language}>{questionnaire.description}</p>}
        <QuestionnaireForm key={questionnaire.id} questionnaire={questionnaire} page={page} />
      </>
    );
  }
  if (error) return <Problem message={errorText(error)} onRetry={() => reload()} />;
  if (questionnaire === null && !isVersionGone && !fetching) {
    return <MissingPage>There is no such questionnaire.</MissingPage>;
  }
  return <p role="status">Loading …</p>;
};
