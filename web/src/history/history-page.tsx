import { useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { errorText } from '../api/errors.ts';
import { graphql } from '../gql/index.ts';
import type { AssessmentStatus } from '../gql/graphql.ts';
import type { ListedAssessmentFragment } from '../gql/graphql.ts';
import { dayText } from '../moment-text.tsx';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import type { AssessmentList } from '../pages/listed.ts';
import { ListedRow } from '../pages/listed-row.tsx';
import { useList } from '../pages/use-list.ts';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
import { inLanguage, listTexts as texts, pageLanguage, trustTexts } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { DeleteButton } from '../trust/delete-button.tsx';
import { Trend } from './trend.tsx';
import { trendsOf } from './trends.ts';
import '../result/result.css';
import '../result/print.css';
import './history.css';

const ListedQuestionnaires = graphql(`
  query ListedQuestionnaires($language: String!) {
    questionnaires(language: $language) {
      id
      slug
      language
      title
    }
  }
`);

const PART = 10;
const STATUSES = ['COMPLETED', 'SUBMITTED', 'PROCESSING', 'FAILED', 'CANCELLED'] as const;

/** All assessments of the session, with filters, and what has changed from one to the next. */
export const HistoryPage = () => {
  const [slug, setSlug] = useState('');
  const [status, setStatus] = useState<AssessmentStatus | ''>('');
  const [{ data }] = useQuery({ query: ListedQuestionnaires, variables: { language: pageLanguage } });
  const {
    list,
    error,
    isLoadingMore = false,
    reload,
    loadMore,
    remove,
  } = useList(PART, { questionnaire: slug || undefined, status: status || undefined });
  const [isDeleted, setDeleted] = useState(false);
  const isFiltered = slug !== '' || status !== '';
  return (
    <>
      <PageHeading>{texts.heading}</PageHeading>
      <form className="filters" aria-label={texts.filters} onSubmit={(event) => event.preventDefault()}>
        <label>
          {texts.questionnaire}
          <select value={slug} onChange={({ currentTarget }) => setSlug(currentTarget.value)}>
            <option value="">{texts.any}</option>
            {data?.questionnaires?.map((each) => (
              <option key={each.id} value={each.slug} {...inLanguage(each.language)}>
                {each.title}
              </option>
            ))}
          </select>
        </label>
        <label>
          {texts.status}
          <select
            value={status}
            onChange={({ currentTarget }) => setStatus(STATUSES.find((each) => each === currentTarget.value) ?? '')}
          >
            <option value="">{texts.any}</option>
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {texts.states[each]}
              </option>
            ))}
          </select>
        </label>
      </form>
      {list && trendsOf(list.nodes).map((trend) => <Trend key={trend.slug} trend={trend} />)}
      <div role="status">{isDeleted && <p className="notice">{trustTexts.deleted.said}</p>}</div>
      {list && (
        <Rows
          list={list}
          isFiltered={isFiltered}
          isLoadingMore={isLoadingMore}
          onMore={loadMore}
          onDeleted={(id) => {
            remove(id);
            setDeleted(true);
          }}
        />
      )}
      {!list && !error && <p role="status">{texts.loading}</p>}
      {error && <Problem message={errorText(error)} onRetry={reload} />}
      <p className="screen-only">
        <Link href={paths.start}>{texts.backToStart}</Link>
      </p>
    </>
  );
};

interface RowsProps {
  list: AssessmentList;
  isFiltered: boolean;
  isLoadingMore: boolean;
  onMore: (after: string) => Promise<void>;
  onDeleted: (id: string) => void;
}

type Nodes = AssessmentList['nodes'];

const Rows = ({ list: { nodes, next }, isFiltered, isLoadingMore, onMore, onDeleted }: RowsProps) => {
  /** Finds the row that gets the focus after the list has changed. */
  const wanted = useRef<(nodes: Nodes) => ListedAssessmentFragment | undefined>(undefined);
  useEffect(() => {
    const row = wanted.current?.(nodes);
    if (!row) return;
    wanted.current = undefined;
    document.getElementById(`listed-${row.id}`)?.focus();
  }, [nodes]);
  if (nodes.length === 0) {
    return (
      <>
        <p>{isFiltered ? texts.emptyFiltered : texts.empty}</p>
        {!isFiltered && (
          <Link className="button" href={paths.start}>
            {texts.begin}
          </Link>
        )}
      </>
    );
  }
  const more = (after: string) => {
    wanted.current = (changed) => changed[nodes.length];
    // The view has the error.
    onMore(after).catch(() => (wanted.current = undefined));
  };
  const gone = (id: string) => {
    const place = nodes.findIndex((each) => each.id === id);
    wanted.current = (changed) => changed[place] ?? changed.at(-1);
    onDeleted(id);
  };
  return (
    <>
      <ul className="assessments">
        {nodes.map((assessment) => (
          <ListedRow key={assessment.id} {...assessment}>
            <DeleteButton
              id={assessment.id}
              className="button-link"
              label={labelOf(assessment)}
              onDeleted={() => gone(assessment.id)}
            />
          </ListedRow>
        ))}
      </ul>
      {next && (
        <button type="button" className="button-quiet" aria-disabled={isLoadingMore} onClick={() => more(next)}>
          {isLoadingMore ? texts.loadingMore : texts.more}
        </button>
      )}
    </>
  );
};

const labelOf = ({ questionnaire: { title }, submittedAt }: ListedAssessmentFragment): string =>
  trustTexts.deleted.one(resultTexts.actions.delete.call, title, dayText(submittedAt));
