import type { Area, Stripe } from './profile.ts';
import { positionOf, stripesOf } from './profile.ts';

export interface ChartProps {
  area: Area;
  raw: number;
  /** The value of last time, on the same scale. */
  earlier?: number | undefined;
  /** Of the words around the chart: it runs with them. */
  direction: 'ltr' | 'rtl';
}

/*
 * The charts are hidden from screen readers: the words beside them say the same. They have attributes in place of styles,
 * which the Content-Security-Policy would refuse.
 */

/** Half of a dot is outside of its value, so the ends of the scale lie a little inside of the drawing. */
const INSET = 2;
const across = (position: number): string => `${INSET + (position * (100 - 2 * INSET)) / 100}%`;
const widthOf = (width: number): string => `${(width * (100 - 2 * INSET)) / 100}%`;

/** A place on a scale with its bands: a filled dot for now, a hollow one for last time. */
export const TrackChart = ({ area, raw, earlier, direction }: ChartProps) => {
  const now = positionOf(area, raw);
  const was = earlier === undefined ? undefined : positionOf(area, earlier);
  return (
    <svg className={`chart chart-${direction}`} aria-hidden="true" focusable="false">
      <rect className="chart-track" x={across(0)} width={widthOf(100)} y="9" height="10" rx="5" />
      <Stripes stripes={stripesOf(area)} y="9" height="10" />
      {was !== undefined && <line className="chart-link" x1={across(was)} x2={across(now)} y1="14" y2="14" />}
      {was !== undefined && <circle className="chart-was" cx={across(was)} cy="14" r="5" />}
      <circle className="chart-now" cx={across(now)} cy="14" r="7" />
    </svg>
  );
};

/** The distance from the middle of a scale of which no end is better. */
export const TraitChart = ({ area, raw, earlier, direction }: ChartProps) => {
  const now = positionOf(area, raw);
  const middle = stripesOf(area).filter(({ level }) => level === 'MEDIUM');
  return (
    <svg className={`chart chart-trait chart-${direction}`} aria-hidden="true" focusable="false">
      <Stripes stripes={middle} y="0" height="20" />
      <line className="chart-axis" x1={across(0)} x2={across(100)} y1="10" y2="10" />
      <line className="chart-middle" x1={across(50)} x2={across(50)} y1="4" y2="16" />
      <line className="chart-stem" x1={across(50)} x2={across(now)} y1="10" y2="10" />
      {earlier !== undefined && <circle className="chart-was" cx={across(positionOf(area, earlier))} cy="10" r="4.5" />}
      <circle className="chart-now" cx={across(now)} cy="10" r="6" />
    </svg>
  );
};

const Stripes = ({ stripes, y, height }: { stripes: readonly Stripe[]; y: string; height: string }) =>
  stripes.map(({ key, tone, start, width }) => (
    <rect
      key={key}
      className={`chart-band tone-${tone}`}
      x={across(start)}
      width={widthOf(width)}
      y={y}
      height={height}
    />
  ));
