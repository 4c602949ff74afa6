import { useQuery } from 'urql';
import { graphql } from '../gql/index.ts';
import { dayText } from '../moment-text.tsx';
import { Link } from '../navigation.tsx';
import { isOnScale, positionOf, stripesOf, valueText, type Area } from '../result/profile.ts';
import { paths } from '../routes.ts';
import { inLanguage } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { areaPoints, type AreaPoint, type TrendData } from './trends.ts';

const { trend: texts, profile } = resultTexts;

const TrendAreas = graphql(`
  query TrendAreas($slug: String!, $version: Int!, $language: String!) {
    questionnaire(slug: $slug, version: $version, language: $language) {
      id
      areas {
        ...ProfileArea
      }
    }
  }
`);

/** Small charts of the same size, one for each area at the top, and the same numbers as a table with links. */
export const Trend = ({ trend }: { trend: TrendData }) => {
  const { slug, version, title, language, points } = trend;
  const [{ data }] = useQuery({
    query: TrendAreas,
    variables: { slug, version, language },
    requestPolicy: 'cache-first',
  });
  const areas = data?.questionnaire?.areas.filter(({ parent }) => parent === null) ?? [];
  const [from = '', to = ''] = [points[0], points.at(-1)].map((point) => point && dayText(point.submittedAt));
  const id = `trend-${slug}`;
  return (
    <section className="trend" aria-labelledby={id}>
      <h2 id={id}>
        {texts.heading} <span {...inLanguage(language)}>{title}</span>
      </h2>
      <p className="hint">{texts.of(points.length, from, to)}</p>
      <ul className="trend-areas">
        {areas.map((area) => (
          <TrendArea key={area.key} area={area} points={areaPoints(trend, area)} language={language} />
        ))}
      </ul>
      <details className="as-table">
        <summary>{profile.table}</summary>
        <TrendTable trend={trend} areas={areas} />
      </details>
    </section>
  );
};

const TrendArea = ({ area, points, language }: { area: Area; points: readonly AreaPoint[]; language: string }) => {
  const latest = points.at(-1);
  return (
    <li>
      <span className="trend-title">
        <span {...inLanguage(language)}>{area.title}</span>{' '}
        <span className="soft">
          {latest ? valueText({ ...area, raw: latest.raw }) : profile.none}{' '}
          {latest?.band && <span {...inLanguage(language)}>{latest.band}</span>}
        </span>
      </span>
      <Sparkline area={area} points={points} />
    </li>
  );
};

const WIDTH = 120;
const HEIGHT = 52;
const EDGE = 6;

const Sparkline = ({ area, points }: { area: Area; points: readonly AreaPoint[] }) => {
  const xOf = (index: number) =>
    points.length === 1 ? WIDTH / 2 : EDGE + (index * (WIDTH - 2 * EDGE)) / (points.length - 1);
  const yOf = (position: number) => HEIGHT - EDGE - (position * (HEIGHT - 2 * EDGE)) / 100;
  const places = points.map(({ raw }, index) => [xOf(index), yOf(positionOf(area, raw))] as const);
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      {stripesOf(area).map(({ key, tone, start, width }) => (
        <rect
          key={key}
          className={`chart-band tone-${tone}`}
          x="0"
          width={WIDTH}
          y={yOf(start + width)}
          height={yOf(start) - yOf(start + width)}
        />
      ))}
      <polyline className="spark-line" points={places.map((place) => place.join(',')).join(' ')} />
      {places.map(([x, y], index) => (
        <circle
          key={points[index]?.id}
          className={index === places.length - 1 ? 'chart-now' : 'spark-dot'}
          cx={x}
          cy={y}
          r={index === places.length - 1 ? 5 : 3}
        />
      ))}
    </svg>
  );
};

const TrendTable = ({ trend, areas }: { trend: TrendData; areas: readonly Area[] }) => (
  <div className="table-frame" role="region" aria-label={texts.table(trend.title)} tabIndex={0}>
    <table>
      <thead>
        <tr>
          <th scope="col">{texts.date}</th>
          {areas.map(({ key, title }) => (
            <th key={key} scope="col" {...inLanguage(trend.language)}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {trend.points.map(({ id, submittedAt, scores }) => (
          <tr key={id}>
            <th scope="row">
              <Link href={paths.assessment(id)}>{dayText(submittedAt)}</Link>
            </th>
            {areas.map((area) => {
              const score = scores.find((each) => each.area === area.key);
              const text = score && isOnScale(area, score) ? valueText({ ...area, raw: score.raw }) : undefined;
              return <td key={area.key}>{text ?? profile.none}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
