import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { errorText, isAbsent, requestIdOf } from '../api/errors.ts';
import type { SessionState } from '../api/session.ts';
import { keptOffline } from '../api/offline.ts';
import { useKeptSession } from '../api/use-kept-session.ts';
import { FailedPage } from '../failed-page.tsx';
import { deviceStorage } from '../form/device-storage.ts';
import { findDraft } from '../form/drafts.ts';
import { Intro } from '../form/intro.tsx';
import { QuestionnaireForm } from '../form/questionnaire-form.tsx';
import { readQuestionnaire } from '../form/questionnaire.ts';
import type { FormAddress } from '../form/use-form-flow.ts';
import { graphql } from '../gql/index.ts';
import { Loading } from '../loading.tsx';
import { pageLanguage, texts } from '../texts/index.ts';
import { useOperatorTexts } from '../trust/operator-texts.ts';
import { MissingPage } from './missing-page.tsx';

const QuestionnaireQuery = graphql(`
  query Questionnaire($slug: String!, $version: Int, $language: String!) {
    questionnaire(slug: $slug, version: $version, language: $language) {
      ...QuestionnaireForm
    }
  }
`);

type TakeFormProps = FormAddress & { slug: string };

/** The form of a questionnaire, as soon as the session is known to be kept. The questions are asked for beside the session. */
export const TakePage = ({ session, ...form }: TakeFormProps & { session: SessionState }) => {
  const isKept = useKeptSession(session);
  useQuestionnaire({ slug: form.slug }, isKept || session.phase === 'failed');
  useOperatorTexts();
  return isKept && session.phase === 'ready' ? <TakeForm {...form} session={session.sessionId} /> : <Loading />;
};

const useQuestionnaire = (asked: { slug: string; version?: number }, pause = false) => {
  const variables = { ...asked, language: pageLanguage };
  const name = Object.values(asked).map(encodeURIComponent).join('/');
  const context = useMemo(() => keptOffline(name), [name]);
  return useQuery({ query: QuestionnaireQuery, variables, context, pause });
};

/**
 * A form without a draft begins with its intro. A draft is continued in the version of the questionnaire that it belongs to;
 * who starts over gets the newest.
 */
const TakeForm = ({ session, slug, page, from }: TakeFormProps & { session: string }) => {
  const [version, setVersion] = useState(() => findDraft(deviceStorage, { session, slug, from })?.place.version);
  const [result, reload] = useQuestionnaire(version === undefined ? { slug } : { slug, version });
  const { data, error, fetching } = result;
  const served = data?.questionnaire;
  const questionnaire = useMemo(() => (served ? readQuestionnaire(served) : undefined), [served]);

  const isGone = isAbsent(result, 'questionnaire') && !fetching;
  const isVersionGone = isGone && version !== undefined;
  if (isVersionGone) setVersion(undefined);

  if (questionnaire) {
    if (page === undefined && from === undefined && !findDraft(deviceStorage, { session, slug }))
      return <Intro questionnaire={questionnaire} />;
    return (
      <QuestionnaireForm
        key={questionnaire.id}
        questionnaire={questionnaire}
        page={page}
        from={from}
        onStartOver={() => setVersion(undefined)}
      />
    );
  }
  if (error) return <FailedPage message={errorText(error)} requestId={requestIdOf(error)} onRetry={() => reload()} />;
  if (isGone && !isVersionGone) return <MissingPage>{texts.form.missing}</MissingPage>;
  return <Loading />;
};
