import type { MouseEvent } from 'react';
import type { AssessmentStateFragment } from '../gql/graphql.ts';
import { inLanguage } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { areaId } from './profile-section.tsx';
import type { Area } from './profile.ts';
import { useDone } from './use-done.ts';

const { advice: texts } = resultTexts;

type Result = NonNullable<AssessmentStateFragment['result']>;
type Recommendation = Result['recommendations'][number];

interface AdviceProps {
  id: string;
  result: Result | null;
  /** Shown in the place of the result until that has arrived. */
  draft: AssessmentStateFragment['draft'];
  waiting: boolean;
  questionnaire: { language: string; areas: readonly Area[] };
}

/** Boxes that stand for recommendations to come. */
const OUTLINES = 3;
/** Further recommendations of a result are folded away. */
const OPEN_MAX = 3;

/**
 * The model's reply, in boxes that are there from the first second: outlines, then drafts, then the result. Its texts are
 * shown as plain text, without markup or links: otherwise a prompt injection could put content of its own on this page.
 */
export const Advice = ({ id, result, draft, waiting, questionnaire: { language, areas } }: AdviceProps) => {
  const { summary = null, recommendations = [] } = result ?? draft ?? {};
  const [done, setDone] = useDone(id);
  const outlines = waiting ? Math.max(0, OUTLINES - recommendations.length) : 0;
  const card = (recommendation: Recommendation, place: number) => (
    // oxlint-disable-next-line react/no-array-index-key -- they only grow in number, and titles may repeat
    <li key={place}>
      <RecommendationCard
        recommendation={recommendation}
        area={areas.find(({ key }) => key === recommendation.area)}
        language={language}
        place={place + 1}
        done={result ? done.includes(place) : undefined}
        onDone={(isDone) => setDone(place, isDone)}
      />
    </li>
  );
  const rest = recommendations.slice(OPEN_MAX);
  return (
    <div className={result ? 'advice' : 'advice draft'}>
      <section aria-labelledby="summary">
        <h2 id="summary">{texts.summary}</h2>
        {summary === null ? (
          <Outline lines={4} />
        ) : (
          <p className="model-text summary" lang={language} dir="auto">
            {summary}
          </p>
        )}
      </section>
      <section aria-labelledby="recommendations">
        <h2 id="recommendations">{texts.heading}</h2>
        <ol className="recommendations">
          {recommendations.slice(0, OPEN_MAX).map(card)}
          {Array.from({ length: outlines }, (_, index) => (
            <li key={`outline ${index + OUTLINES - outlines}`} aria-hidden="true">
              <div className="card outline">
                <Outline lines={5} />
              </div>
            </li>
          ))}
        </ol>
        {rest.length > 0 && (
          <details className="more-advice">
            <summary>{texts.more(rest.length)}</summary>
            <ol className="recommendations" start={OPEN_MAX + 1}>
              {rest.map((recommendation, index) => card(recommendation, OPEN_MAX + index))}
            </ol>
          </details>
        )}
      </section>
    </div>
  );
};

/** Keeps the room of a text to come. */
const Outline = ({ lines }: { lines: number }) => (
  <div className="lines" aria-hidden="true">
    {Array.from({ length: lines }, (_, line) => (
      // oxlint-disable-next-line react/no-array-index-key -- lines are all the same
      <span key={line} />
    ))}
  </div>
);

interface RecommendationCardProps {
  recommendation: Recommendation;
  area: Area | undefined;
  language: string;
  /** From 1. */
  place: number;
  /** Undefined: there is nothing to tick yet. */
  done: boolean | undefined;
  onDone: (done: boolean) => void;
}

const RecommendationCard = ({ recommendation, area, language, place, done, onDone }: RecommendationCardProps) => (
  <article className="card">
    <h3 lang={language} dir="auto">
      <span className="place">{place}.</span> {recommendation.title}
    </h3>
    <p className="tags">
      <span className={`tag tag-${recommendation.priority.toLowerCase()}`}>
        {texts.priorities[recommendation.priority]}
      </span>
      {area && (
        <a
          className="tag"
          href={`#${areaId(area.key)}`}
          aria-label={texts.toArea(area.title)}
          onClick={(event) => jumpTo(event, area.key)}
        >
          <span {...inLanguage(language)}>{area.title}</span>
        </a>
      )}
      {!area && recommendation.area && (
        <span className="tag" dir="auto">
          {recommendation.area}
        </span>
      )}
    </p>
    <p className="model-text" lang={language} dir="auto">
      {recommendation.rationale}
    </p>
    <div className="action">
      <h4>{texts.action}</h4>
      <p className="model-text" lang={language} dir="auto">
        {recommendation.action}
      </p>
      {done !== undefined && (
        <label className="done">
          <input
            type="checkbox"
            checked={done}
            aria-label={texts.doneOf(recommendation.title)}
            onChange={({ currentTarget }) => onDone(currentTarget.checked)}
          />
          {texts.done}
        </label>
      )}
    </div>
  </article>
);

/** Goes to the row of an area, and opens the facets around it. The address stays: a reload would not know the row. */
const jumpTo = (event: MouseEvent<HTMLElement>, area: string) => {
  event.preventDefault();
  const row = document.getElementById(areaId(area));
  row?.closest('details')?.setAttribute('open', '');
  row?.scrollIntoView({ block: 'center' });
  row?.focus({ preventScroll: true });
};
