import type { Level } from '../gql/graphql.ts';
import { scoreTree, shownValue, type ScoreNode } from './score-tree.ts';

interface Score {
  area: string;
  parent?: string | null;
  title: string;
  value: number;
  level: Level;
}

const levelTexts: Record<Level, string> = { LOW: 'low', MEDIUM: 'middle', HIGH: 'high' };

/** Areas with their facets. The bar is hidden from screen readers, which read the number and the level. */
export const Scores = ({ scores }: { scores: readonly Score[] }) => <ScoreList nodes={scoreTree(scores)} />;

const ScoreList = ({ nodes }: { nodes: readonly ScoreNode<Score>[] }) => (
  <ul className="scores">
    {nodes.map(({ score, children }) => {
      const value = shownValue(score.value);
      return (
        <li key={score.area}>
          <div className="score">
            <span className="score-title" dir="auto">
              {score.title}
            </span>
            <span className="score-value">
              {value}
              <span className="score-scale"> of 100, {levelTexts[score.level]}</span>
            </span>
            <svg className="score-bar" aria-hidden="true" focusable="false">
              <rect className="score-track" width="100%" height="100%" rx="4" />
              <rect className="score-fill" width={`${value}%`} height="100%" rx="4" />
            </svg>
          </div>
          {children.length > 0 && <ScoreList nodes={children} />}
        </li>
      );
    })}
  </ul>
);
