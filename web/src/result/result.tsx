import type { AssessmentStateFragment, Priority } from '../gql/graphql.ts';
import { Scores } from './scores.tsx';

type AssessmentResult = NonNullable<AssessmentStateFragment['result']>;
type ResultDraft = NonNullable<AssessmentStateFragment['draft']>;
type Recommendation = AssessmentResult['recommendations'][number];

const priorityTexts: Record<Priority, string> = {
  HIGH: 'High priority',
  MEDIUM: 'Medium priority',
  LOW: 'Low priority',
};

interface ResultProps {
  result: AssessmentResult | null;
  /** Shown in the place of the result until that has arrived. */
  draft: ResultDraft | null;
  questionnaire: { language: string; areas: readonly { key: string; title: string }[] };
}

/**
 * The model's reply. Its texts are shown as plain text, without markup or links: otherwise a prompt injection could put
 * content of its own on this page.
 */
export const Result = ({ result, draft, questionnaire: { language, areas } }: ResultProps) => {
  const { summary = null, recommendations = [] } = result ?? draft ?? {};
  const areaTitles = new Map(areas.map(({ key, title }) => [key, title]));
  return (
    <div className={result ? undefined : 'draft'}>
      {summary !== null && (
        <section aria-labelledby="summary">
          <h2 id="summary">Summary</h2>
          <p className="model-text summary" lang={language} dir="auto">
            {summary}
          </p>
        </section>
      )}
      {recommendations.length > 0 && (
        <section aria-labelledby="recommendations">
          <h2 id="recommendations">{result ? 'Recommendations' : 'Recommendations so far'}</h2>
          <ol className="recommendations">
            {recommendations.map((recommendation, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- they only grow in number, and titles may repeat
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
      )}
      {result && <Rest result={result} />}
    </div>
  );
};

const Rest = ({ result: { scores, model } }: { result: AssessmentResult }) => (
  <>
    {scores.length > 0 && (
      <section aria-labelledby="scores">
        <h2 id="scores">Scores</h2>
        <Scores scores={scores} />
      </section>
    )}
    <p className="hint">
      Written by an AI model ({model}) from these answers. It can be wrong, and it does not replace advice from a
      professional.
    </p>
  </>
);

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
