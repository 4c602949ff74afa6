import { SECRET } from './draws.ts';

const ID = '0190a000-0000-7000-8000-000000000000';

/** Valid operations that store nothing, each with all kinds of parts. */
export const fixedBodies: { query: string; variables?: object; operationName?: string; extensions?: object }[] = [
  {
    query:
      '{ session { id createdAt assessments(first: 5) { edges { cursor node { id status } } pageInfo { hasNextPage } } } }',
  },
  {
    query: `query Read($id: ID!, $full: Boolean = true) { assessment(id: $id) { ...Parts @include(if: $full) } }
      fragment Parts on Assessment { id status result { summary recommendations { title } } }`,
    variables: { id: ID, full: false },
    operationName: 'Read',
    extensions: { note: SECRET },
  },
  {
    query: 'query ($slug: String!, $version: Int) { questionnaire(slug: $slug, version: $version) { id title } }',
    variables: { slug: 'wellbeing-check', version: 1 },
  },
  {
    query: `mutation ($input: SubmitAssessmentInput!) { submitAssessment(input: $input) { assessment { id }
      errors { message code path ... on InvalidAnswersError { issues { path rule message } } } } }`,
    variables: { input: { questionnaire: 'wellbeing-check', answers: { note: SECRET }, watch: false } },
  },
  { query: `mutation { cancelAssessment(id: "${ID}") { __typename } retryAssessment(id: "${ID}") { __typename } }` },
];
