import { useEffect, useRef } from 'react';
import { inLanguage } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { directionOf } from '../texts/languages.ts';
import { TraitChart, TrackChart, type ChartProps } from './charts.tsx';
import {
  chartKindOf,
  commonBands,
  differenceOf,
  earlierOf,
  isFar,
  valueText,
  type Area,
  type Before,
  type Score,
} from './profile.ts';
import { ProfileTable } from './profile-table.tsx';
import { scoreTree, type ScoreNode } from './score-tree.ts';

const { profile: texts } = resultTexts;

export interface ProfileProps {
  scores: readonly Score[];
  areas: readonly Area[];
  language: string;
  before: Before | undefined;
}

/** Scores with their charts. The numbers and words beside a chart say all that it shows. */
export const ProfileSection = (props: ProfileProps) => {
  const { scores, areas, language, before } = props;
  const nodes = scoreTree(scores);
  const hasTraits = areas.some((area) => chartKindOf(area) === 'trait');
  const bands = hasTraits ? [] : commonBands(areas);
  return (
    <section className="profile" aria-labelledby="profile">
      <h2 id="profile">{texts.heading}</h2>
      <div className="card">
        {hasTraits && <p className="hint">{texts.traits}</p>}
        {/* There from the start: the last result is read later, and nothing below may move then. */}
        <p className="legend">
          <span className="legend-now">{texts.now}</span>
          {before && <span className="legend-was">{before.date}</span>}
        </p>
        {bands.length > 0 && (
          <p className="legend">
            {bands.map(({ key, title, from, to }) => (
              <span key={key}>
                <span {...inLanguage(language)}>{title}</span> {texts.band(from, to)}
              </span>
            ))}
          </p>
        )}
        <ul className="areas">
          {nodes.map((node) => (
            <AreaRow key={node.score.area} node={node} {...props} />
          ))}
        </ul>
        <details className="as-table">
          <summary>{texts.table}</summary>
          <ProfileTable {...props} />
        </details>
      </div>
    </section>
  );
};

const AreaRow = ({ node: { score, children }, ...props }: ProfileProps & { node: ScoreNode<Score> }) => {
  const { areas, language, before } = props;
  const area = areas.find(({ key }) => key === score.area);
  const kind = area && chartKindOf(area);
  return (
    <li>
      <div className="area" id={areaId(score.area)} tabIndex={-1}>
        <span className="area-title" {...inLanguage(language)}>
          {score.title}
        </span>{' '}
        <AreaValue score={score} language={language} before={before} isTrait={kind === 'trait'} />
        {area && score.raw !== null && (
          <Chart
            area={area}
            raw={score.raw}
            earlier={earlierOf(score, before)?.raw ?? undefined}
            direction={directionOf(language)}
          />
        )}
        {area && <Meaning area={area} score={score} language={language} />}
      </div>
      {children.length > 0 && <Facets nodes={children} title={score.title} {...props} />}
    </li>
  );
};

/** The id of an area's row, to jump to. */
export const areaId = (area: string): string => `area-${area}`;

interface AreaValueProps extends Pick<ProfileProps, 'language' | 'before'> {
  score: Score;
  isTrait: boolean;
}

const AreaValue = ({ score, language, before, isTrait }: AreaValueProps) => {
  const value = valueText(score);
  const { answered, of, band, raw } = score;
  if (value === undefined || raw === null) return <span className="area-value">{texts.tooFew(answered, of)}</span>;
  const earlier = earlierOf(score, before);
  return (
    <span className="area-value">
      <span className={isTrait && isFar(score) ? 'area-number area-number-far' : 'area-number'}>{value}</span>{' '}
      {band && (
        <span className="soft" {...inLanguage(language)}>
          {band.title}
        </span>
      )}
      {before && earlier?.raw != null && (
        <span className="soft">, {texts.change(differenceOf(raw, earlier.raw), before.date)}</span>
      )}
      {answered < of && <span className="soft">, {texts.from(answered, of)}</span>}
    </span>
  );
};

const Chart = (props: ChartProps) =>
  chartKindOf(props.area) === 'trait' ? <TraitChart {...props} /> : <TrackChart {...props} />;

/** The words of the ends of a scale, and what the area or its band means. */
const Meaning = ({ area, score, language }: { area: Area; score: Score; language: string }) => {
  const text = area.bands.find(({ key }) => key === score.band?.key)?.text ?? area.description;
  return (
    <>
      {(area.lowPole ?? area.highPole) !== null && (
        <span className="poles" {...inLanguage(language)}>
          <span dir="auto">{area.lowPole}</span> <span dir="auto">{area.highPole}</span>
        </span>
      )}
      {text !== null && area.parent === null && (
        <span className="area-text" {...inLanguage(language)}>
          {text}
        </span>
      )}
      {area.reading === 'HIGHER_IS_WORSE' && area.parent === null && <span className="area-text">{texts.worse}</span>}
    </>
  );
};

const WIDE = '(min-width: 40rem)';

/** Facets are open where there is room, and on paper. A person may open and close them. */
const Facets = ({ nodes, title, ...props }: ProfileProps & { nodes: readonly ScoreNode<Score>[]; title: string }) => {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (details.current && matchMedia(WIDE).matches) details.current.open = true;
  }, []);
  return (
    <details className="facets" ref={details}>
      <summary>
        {texts.facets(nodes.length)}{' '}
        <span className="visually-hidden">
          (<span {...inLanguage(props.language)}>{title}</span>)
        </span>
      </summary>
      <ul className="areas">
        {nodes.map((node) => (
          <AreaRow key={node.score.area} node={node} {...props} />
        ))}
      </ul>
    </details>
  );
};
