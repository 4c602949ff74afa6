import type { ReactNode } from 'react';
import type { ListedAssessmentFragment } from '../gql/graphql.ts';
import { MomentText } from '../moment-text.tsx';
import { Link } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { inLanguage, listTexts as texts } from '../texts/index.ts';
import { MiniProfile } from './mini-profile.tsx';

/** One assessment of a list. `id` of the row: the focus can be moved to it. */
export const ListedRow = (props: ListedAssessmentFragment & { children?: ReactNode }) => {
  const { id, status, submittedAt, questionnaire, scores, children } = props;
  return (
    <li id={`listed-${id}`} tabIndex={-1}>
      <Link href={paths.assessment(id)} {...inLanguage(questionnaire.language)}>
        {questionnaire.title}
      </Link>
      <MiniProfile scores={scores} />
      <MomentText at={submittedAt} />
      {/* The status changes by itself; a screen reader then announces it together with the title. */}
      <span className={`status status-${status.toLowerCase()}`} role="status">
        <span className="visually-hidden" {...inLanguage(questionnaire.language)}>
          {questionnaire.title}:{' '}
        </span>
        {texts.statuses[status]}
      </span>
      {children}
    </li>
  );
};
