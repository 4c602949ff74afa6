import type { ReactNode } from 'react';
import type { Assessment } from '../api/use-assessment.ts';
import { Link } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { resultTexts } from '../texts/result.ts';
import { download } from './download.ts';

const { actions: texts } = resultTexts;

interface ActionsProps {
  assessment: Assessment;
  /** Further buttons. */
  children?: ReactNode;
}

/** Ways on from an assessment that has ended. */
export const Actions = ({ assessment, children }: ActionsProps) => (
  <nav className="actions" aria-label={texts.label}>
    <button type="button" className="button-quiet" onClick={() => window.print()}>
      {texts.print}
    </button>
    <button type="button" className="button-quiet" onClick={() => download(assessment)}>
      {texts.download}
    </button>
    <Link className="button button-quiet" href={paths.answers(assessment.id)}>
      {texts.answers}
    </Link>
    <Link className="button button-quiet" href={paths.take(assessment.questionnaire.slug)}>
      {texts.again}
    </Link>
    {children}
  </nav>
);
