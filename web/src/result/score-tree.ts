export interface ScoreNode<S> {
  score: S;
  children: ScoreNode<S>[];
}

/** Scores below the score of their parent area, in the order in which they came. A score with an unknown parent is a root. */
export const scoreTree = <S extends { area: string; parent?: string | null }>(scores: readonly S[]): ScoreNode<S>[] => {
  const nodes = new Map(scores.map((score) => [score.area, { score, children: [] as ScoreNode<S>[] }]));
  const roots: ScoreNode<S>[] = [];
  for (const node of nodes.values()) {
    const parent = node.score.parent == null ? undefined : nodes.get(node.score.parent);
    (parent?.children ?? roots).push(node);
  }
  return roots;
};
