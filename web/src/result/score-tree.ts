export interface ScoreNode<S> {
  score: S;
  children: ScoreNode<S>[];
}

/** Scores under the area that they belong to, in the order in which they came. One without a known parent stands on top. */
export const scoreTree = <S extends { area: string; parent?: string | null }>(scores: readonly S[]): ScoreNode<S>[] => {
  const nodes = new Map(scores.map((score) => [score.area, { score, children: [] as ScoreNode<S>[] }]));
  const roots: ScoreNode<S>[] = [];
  for (const node of nodes.values()) {
    const parent = node.score.parent == null ? undefined : nodes.get(node.score.parent);
    (parent?.children ?? roots).push(node);
  }
  return roots;
};

/** As a whole number that a bar can show, whatever came. */
export const shownValue = (value: number): number => Math.round(Math.min(100, Math.max(0, value)));
