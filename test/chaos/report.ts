import type { Fleet } from '../faults/fleet.ts';

/** The figures of the promises, with as much as is known while some assessment is still open. */
export async function countAll(fleet: Fleet) {
  const { world, visitors } = fleet;
  const rows = await world.sql<{ id: string; status: string; open: boolean; results: number }>(
    `SELECT id, status, ended_at IS NULL AS open, (SELECT count(*)::int FROM result_test r WHERE r.assessment_id = a.id) AS results
     FROM test_assessment a`,
  );
  const stored = new Set(rows.map(({ id }) => id));
  const submissions = visitors.flatMap((visitor) => visitor.submissions);
  const accepted = submissions.filter(({ outcome }) => outcome === 'accepted');
  const followed = visitors.flatMap((visitor) => visitor.followed);
  const cancellations = visitors.flatMap((visitor) => visitor.cancellations);
  const paid = world.model.calls.filter(({ charged, key }) => charged !== 'no' && key?.repair === false);
  const of = (status: string): number => rows.filter((row) => row.status === status).length;
  return {
    accepted: accepted.length,
    completed: of('completed'),
    failed: of('failed'),
    cancelled: of('cancelled'),
    cancelledTooLate: cancellations.filter(({ outcome }) => outcome === 'late').length,
    watched: { end: followed.filter(isEnd).length, changes: followed.filter((one) => !isEnd(one)).length },
    unanswered: [...submissions, ...cancellations].filter(({ outcome }) => outcome === 'open').length,
    open: rows.filter(({ open }) => open).length,
    lost: accepted.filter(({ id }) => !stored.has(id ?? '')).length,
    doubled: rows.filter(({ results }) => results > 1).length + followed.filter(({ ends }) => ends.length > 1).length,
    missed: followed.filter(({ ends }) => ends.length === 0).length,
    // Of those that were paid for at all: one that is cancelled in time costs nothing.
    paidCallsPerAssessment: Number((paid.length / new Set(paid.map((call) => call.assessmentId)).size).toFixed(4)),
  };
}

const isEnd = ({ watch }: { watch: string }): boolean => watch === 'end';

export function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
