import { useId, useState, type KeyboardEvent } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../gql/index.ts';
import { dayText, momentText } from '../moment-text.tsx';
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
      <p className="hint">
        {texts.of(points.length, from, to)} <span className="trend-points screen-only">{texts.points}</span>
      </p>
      <ul className="trend-areas" style={{ '--points': points.length }}>
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
  const titleId = useId();
  return (
    <li>
      <span className="trend-title">
        <span id={titleId} {...inLanguage(language)}>
          {area.title}
        </span>{' '}
        <span className="soft">
          {latest ? valueText({ ...area, raw: latest.raw }) : profile.none}{' '}
          {latest?.band && <span {...inLanguage(language)}>{latest.band}</span>}
        </span>
      </span>
      <Sparkline area={area} points={points} titleId={titleId} />
    </li>
  );
};

const HEIGHT = 56;
const EDGE = 8;

/** Each point has a column of the drawing as its link. One of them is a tab stop; the arrow keys go to the others. */
const Sparkline = ({ area, points, titleId }: { area: Area; points: readonly AreaPoint[]; titleId: string }) => {
  const [focused, setFocused] = useState<string>();
  const latest = points.at(-1)?.id;
  const stop = points.some(({ id }) => id === focused) ? focused : latest;
  const yOf = (position: number) => HEIGHT - EDGE - (position * (HEIGHT - 2 * EDGE)) / 100;
  const places = points.map(({ id, raw }, index) => ({
    id,
    x: `${(100 * (index + 0.5)) / points.length}%`,
    y: yOf(positionOf(area, raw)),
  }));
  return (
    <div className="spark-frame" key={points.length} ref={showNewest}>
      <div className="spark-plot">
        <svg className="sparkline" height={HEIGHT} aria-hidden="true" focusable="false">
          {stripesOf(area).map(({ key, tone, start, width }) => (
            <rect
              key={key}
              className={`chart-band tone-${tone}`}
              x="0"
              width="100%"
              y={yOf(start + width)}
              height={yOf(start) - yOf(start + width)}
            />
          ))}
          {places.map(({ id, x, y }, index) => {
            const before = places[index - 1];
            return before && <line key={id} className="spark-line" x1={before.x} y1={before.y} x2={x} y2={y} />;
          })}
          {places.map(({ id, x, y }) => (
            <circle
              key={id}
              className={id === latest ? 'chart-now' : 'spark-dot'}
              cx={x}
              cy={y}
              r={id === latest ? 5 : 3}
            />
          ))}
        </svg>
        <div className="spark-points" role="group" aria-labelledby={titleId}>
          {points.map(({ id, submittedAt, raw }) => (
            <Link
              key={id}
              href={paths.assessment(id)}
              title={texts.point(momentText(submittedAt), valueText({ ...area, raw }) ?? profile.none)}
              tabIndex={id === stop ? 0 : -1}
              onFocus={() => setFocused(id)}
              onKeyDown={goToPoint}
            />
          ))}
        </div>
      </div>
    </div>
  );
};

/** Where not all have room. */
const showNewest = (frame: HTMLDivElement | null) => {
  if (frame) frame.scrollLeft = frame.scrollWidth;
};

const STEPS: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

const goToPoint = (event: KeyboardEvent<HTMLAnchorElement>) => {
  const step = STEPS[event.key];
  const points = [...(event.currentTarget.parentElement?.querySelectorAll('a') ?? [])];
  const next = points.findIndex((each) => each === event.currentTarget) + (step ?? 0);
  if (step === undefined) return;
  event.preventDefault();
  points[Math.min(points.length - 1, Math.max(0, next))]?.focus();
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
