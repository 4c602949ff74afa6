import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { errorText } from '../api/errors.ts';
import { useSessionId } from '../api/session-id.ts';
import { deviceStorage } from '../form/device-storage.ts';
import { findDraft } from '../form/drafts.ts';
import { QuestionnaireForm } from '../form/questionnaire-form.tsx';
import { readQuestionnaire } from '../form/questionnaire.ts';
import type { FormAddress } from '../form/use-form-flow.ts';
import { graphql } from '../gql/index.ts';
import { Problem } from '../problem.tsx';
import { texts } from '../texts/index.ts';
import { MissingPage } from './missing-page.tsx';

const QuestionnaireQuery = graphql(`
  query Questionnaire($slug: String!, $version: Int) {
    questionnaire(slug: $slug, version: $version) {
      ...QuestionnaireForm
    }
  }
`);

/** The form of a questionnaire. A draft is continued in the version of the questionnaire that it belongs to. */
export const TakePage = ({ slug, page, from }: FormAddress & { slug: string }) => {
  const session = useSessionId();
  const [version, setVersion] = useState(() => findDraft(deviceStorage, { session, slug, from })?.place.version);
  const [{ data, error, fetching }, reload] = useQuery({ query: QuestionnaireQuery, variables: { slug, version } });
  const served = data?.questionnaire;
  const questionnaire = useMemo(() => (served ? readQuestionnaire(served) : undefined), [served]);

  const isVersionGone = served === null && version !== undefined && !fetching;
  if (isVersionGone) setVersion(undefined);

  if (questionnaire) {
    return <QuestionnaireForm key={questionnaire.id} questionnaire={questionnaire} page={page} from={from} />;
  }
  if (error) return <Problem message={errorText(error)} onRetry={() => reload()} />;
  if (served === null && !isVersionGone && !fetching) return <MissingPage>{texts.form.missing}</MissingPage>;
  return <p role="status">{texts.loading}</p>;
};
