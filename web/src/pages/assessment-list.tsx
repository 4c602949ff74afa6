import { errorText } from '../api/errors.ts';
import type { SessionState } from '../api/session.ts';
import { Link } from '../navigation.tsx';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
import { listTexts as texts } from '../texts/index.ts';
import type { AssessmentList as List } from './listed.ts';
import { ListedRow } from './listed-row.tsx';
import { useList } from './use-list.ts';

const SHOWN = 3;

/** The newest assessments of the session, and the way to all of them. */
export const AssessmentList = ({ hidden, session }: { hidden: boolean; session: SessionState }) => {
  const { list, error, reload } = useList(SHOWN, { paused: session.phase !== 'ready' });
  return (
    <section aria-labelledby="your-assessments" hidden={hidden}>
      <h2 id="your-assessments">{texts.heading}</h2>
      {list ? <Listed list={list} /> : !error && <p role="status">{texts.loading}</p>}
      {error && <Problem message={errorText(error)} onRetry={reload} />}
    </section>
  );
};

const Listed = ({ list: { nodes } }: { list: List }) => {
  if (nodes.length === 0) return <p>{texts.empty}</p>;
  return (
    <>
      <ul className="assessments">
        {nodes.slice(0, SHOWN).map((assessment) => (
          <ListedRow key={assessment.id} {...assessment} />
        ))}
      </ul>
      <p>
        <Link href={paths.list}>{texts.all}</Link>
      </p>
    </>
  );
};
