import type { Level } from '../gql/graphql.ts';
import { scoreTree, type ScoreNode } from './score-tree.ts';

interface Score {
  area: string;
  parent?: string | null;
  title: string;
  raw: number | null;
  minimum: number;
  maximum: number;
  unit: string | null;
  level: Level | null;
  band: { title: string } | null;
  value: number | null;
  answered: number;
  of: number;
}

const levelTexts: Record<Level, string> = { LOW: 'low', MEDIUM: 'middle', HIGH: 'high' };

/** What a number stands for: its range, its band, and on how many answers it stands where some are missing. */
function meaningOf({ raw, maximum, unit, band, level, answered, of }: Score): string {
  const count = answered < of ? `from ${answered} of ${of} answers` : undefined;
  if (raw === null) return `too few answers (${answered} of ${of})`;
  const range = `of ${maximum}${unit === null ? '' : ` ${unit}`}`;
  return [range, band?.title ?? (level && levelTexts[level]), count].filter((part) => part != null).join(', ');
}

/** Areas with their facets. The bar is hidden from screen readers, which read the number and the level. */
export const Scores = ({ scores }: { scores: readonly Score[] }) => <ScoreList nodes={scoreTree(scores)} />;

const ScoreList = ({ nodes }: { nodes: readonly ScoreNode<Score>[] }) => (
  <ul className="scores">
    {nodes.map(({ score, children }) => (
      <li key={score.area}>
        <div className="score">
          <span className="score-title" dir="auto">
            {score.title}
          </span>
          <span className="score-value">
            {score.raw ?? '–'}
            <span className="score-scale"> {meaningOf(score)}</span>
          </span>
          <svg className="score-bar" aria-hidden="true" focusable="false">
            <rect className="score-track" width="100%" height="100%" rx="4" />
            <rect className="score-fill" width={`${score.value ?? 0}%`} height="100%" rx="4" />
          </svg>
        </div>
        {children.length > 0 && <ScoreList nodes={children} />}
      </li>
    ))}
  </ul>
);
