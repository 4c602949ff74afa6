import type { AssessmentPartsFragment, Priority } from '../gql/graphql.ts';
import { Scores } from './scores.tsx';

type AssessmentResult = NonNullable<AssessmentPartsFragment['result']>;
type Recommendation = AssessmentResult['recommendations'][number];

const priorityTexts: Record<Priority, string> = {
  HIGH: 'High priority',
  MEDIUM: 'Medium priority',
  LOW: 'Low priority',
};

/**
 * What the model answered. Its texts are shown as plain text and nothing else: no markup, no links, otherwise whoever can
 * steer the model could put things on this page.
 */
export const Result = ({ result, language }: { result: AssessmentResult; language: string }) => {
  const areaTitles = new Map(result.scores.map(({ area, title }) => [area, title]));
  return (
    <>
      <section aria-labelledby="summary">
        <h2 id="summary">Summary</h2>
        <p className="model-text summary" lang={language} dir="auto">
          {result.summary}
        </p>
      </section>
      <section aria-labelledby="recommendations">
        <h2 id="recommendations">Recommendations</h2>
        <ol className="recommendations">
          {result.recommendations.map((recommendation, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- a result never changes, and its titles may repeat
            <li key={place}>
              <RecommendationCard
                recommendation={recommendation}
                area={areaTitles.get(recommendation.area ?? '') ?? recommendation.area}
                language={language}
              />
            </li>
          ))}
        </ol>
      </section>
      {result.scores.length > 0 && (
        <section aria-labelledby="scores">
          <h2 id="scores">Scores</h2>
          <Scores scores={result.scores} />
        </section>
      )}
      <p className="hint">
        Written by an AI model ({result.model}) from these answers. It can be wrong, and it does not replace advice from
        a professional.
      </p>
    </>
  );
};

interface RecommendationCardProps {
  recommendation: Recommendation;
  area: string | null | undefined;
  language: string;
}

const RecommendationCard = ({ recommendation, area, language }: RecommendationCardProps) => (
  <article className="card">
    <h3 lang={language} dir="auto">
      {recommendation.title}
    </h3>
    <p className="tags">
      <span className={`tag tag-${recommendation.priority.toLowerCase()}`}>
        {priorityTexts[recommendation.priority]}
      </span>
      {area && (
        <span className="tag" dir="auto">
          {area}
        </span>
      )}
    </p>
    <p className="model-text" lang={language} dir="auto">
      {recommendation.rationale}
    </p>
    <div className="action">
      <h4>What to do</h4>
      <p className="model-text" lang={language} dir="auto">
        {recommendation.action}
      </p>
    </div>
  </article>
);
