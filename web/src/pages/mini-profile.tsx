import type { ListedAssessmentFragment } from '../gql/graphql.ts';

const STEP = 14;
const HEIGHT = 28;
/** More dots would be wider than a phone's row. */
const DOTS_MAX = 10;

/** The shape of a profile: a dot for each area at the top, higher for a higher value. The numbers are behind the link of its row. */
export const MiniProfile = ({ scores }: Pick<ListedAssessmentFragment, 'scores'>) => {
  const shown = scores.filter(({ parent, value }) => parent === null && value !== null).slice(0, DOTS_MAX);
  return (
    <svg className="mini" width={STEP * Math.max(1, shown.length)} height={HEIGHT} aria-hidden="true" focusable="false">
      {shown.map(({ area, value }, index) => {
        const x = STEP * index + STEP / 2;
        return (
          <g key={area}>
            <line className="mini-axis" x1={x} x2={x} y1="2" y2={HEIGHT - 2} />
            <circle className="mini-dot" cx={x} cy={HEIGHT - 4 - ((value ?? 0) / 100) * (HEIGHT - 8)} r="3.5" />
          </g>
        );
      })}
    </svg>
  );
};
