import { expect } from 'vitest';
import { eventually } from '../support/wait.ts';
import type { Fleet } from './fleet.ts';
import { SECRET_NOTE, type Cancellation } from './visitors.ts';

export type Allowances = {
  /** Charged calls of one round beyond the first, after crashes and time-outs of sent calls. @defaultValue 0 */
  extraPaidCalls?: number;
  /** Repair calls of one round, which are counted apart. @defaultValue 0 */
  repairs?: number;
  endWithinMs?: number;
  /** Rows that the test inserted itself, past the api. */
  othersStored?: number;
  /** The status of every assessment that nobody cancelled. @defaultValue completed */
  status?: 'completed' | 'failed';
};

type Row = {
  id: string;
  status: string;
  version: number;
  round: number;
  results: number;
  claim_token: string | null;
  ended_at: string | null;
  ended_xid: string | null;
  failure_code: string | null;
  letters: number;
};

/** Checks the invariants of docs/PROTOCOL.md by SQL, by the model's ledger and by the visitors' logs. */
export async function checkInvariants(fleet: Fleet, allowances: Allowances): Promise<void> {
  const rows = await readRows(fleet);
  checkEnds(fleet, rows, allowances);
  checkPaidCalls(fleet, rows, allowances);
  await eventually(() => checkDelivery(fleet, rows), {
    label: 'every subscriber to get the end once',
    timeoutMs: 15_000,
  });
  checkSecrets(fleet);
}

async function readRows({ world }: Fleet): Promise<Map<string, Row>> {
  const rows = await world.sql<Row>(`SELECT a.*, (SELECT count(*)::int FROM result_test r WHERE r.assessment_id = a.id
    AND r.round = a.round) AS results, (SELECT count(*)::int FROM dead_letter d WHERE d.assessment_id = a.id
    AND d.round = a.round) AS letters FROM test_assessment a`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** I1, I2, I4, I6 */
function checkEnds(
  { visitors }: Fleet,
  rows: Map<string, Row>,
  { status = 'completed', othersStored = 0 }: Allowances,
): void {
  const submissions = visitors.flatMap((visitor) => visitor.submissions);
  const accepted = submissions.filter(({ outcome }) => outcome === 'accepted').map(({ id }) => id ?? '');
  expect(new Set(accepted).size, 'I4: two keys never share an assessment').toBe(accepted.length);
  for (const id of accepted) expect(rows.has(id), `I1: ${id} was accepted, so it is stored`).toBe(true);
  const openKeys = submissions.filter(({ outcome }) => outcome === 'open').length;
  expect(rows.size, 'I4: refused submissions left no row').toBeLessThanOrEqual(
    accepted.length + openKeys + othersStored,
  );
  const askedToCancel = new Map(
    visitors.flatMap(({ cancellations }) => cancellations).map((one) => [one.id, one.outcome]),
  );
  for (const row of rows.values()) {
    expect(row.ended_at, `I1: ${row.id} has ended`).not.toBeNull();
    checkCancelled(row, askedToCancel.get(row.id));
    if (row.status !== 'cancelled') expect(row.status, `I1: ${row.id}`).toBe(status);
    expect(row.results, `I2: results of ${row.id}`).toBe(row.status === 'completed' ? 1 : 0);
    expect(row.letters, `dead letters of ${row.id}`).toBe(row.status === 'failed' ? 1 : 0);
    expect({ token: row.claim_token, xid: row.ended_xid !== null, code: row.failure_code !== null }, row.id).toEqual({
      token: null,
      xid: true,
      code: row.status === 'failed',
    });
    // One that was cancelled may have ended before a worker began.
    const states = row.status === 'cancelled' ? 2 : 3;
    expect(row.version, 'I6: submitted, processing, ended').toBeGreaterThanOrEqual(states);
  }
}

function checkCancelled({ id, status }: Row, outcome: Cancellation['outcome'] | undefined): void {
  expect(outcome, `I1: ${id} is found by its visitor`).not.toBe('NotFoundError');
  if (status === 'cancelled') expect(['cancelled', 'open'], `I1: a visitor cancelled ${id}`).toContain(outcome);
  else expect(outcome, `I1: ${id}, whose cancellation was confirmed, is cancelled`).not.toBe('cancelled');
}

/** I5 */
function checkPaidCalls(
  { world: { model } }: Fleet,
  rows: Map<string, Row>,
  { extraPaidCalls = 0, repairs = 0 }: Allowances,
): void {
  for (const call of model.calls)
    expect(rows.has(call.assessmentId ?? ''), `a call for a stored assessment: ${call.idempotencyKey}`).toBe(true);
  for (const { id, round, status } of rows.values()) {
    const paid = model.callsFor(id, round).filter(({ charged }) => charged !== 'no');
    const first = paid.filter(({ key }) => key?.repair === false).length;
    expect(first, `I5: paid calls for ${id}`).toBeLessThanOrEqual(1 + extraPaidCalls);
    if (status === 'completed') expect(first, `I5: a result of ${id} was paid for`).toBeGreaterThanOrEqual(1);
    expect(paid.length - first, `I5: repair tries for ${id}`).toBeLessThanOrEqual(repairs);
  }
}

/** I3 */
function checkDelivery({ visitors }: Fleet, rows: Map<string, Row>): void {
  for (const { id, ends, completed, setBack } of visitors.flatMap((visitor) => visitor.followed)) {
    const row = rows.get(id);
    expect(ends, `I3: ends of ${id}`).toHaveLength(1);
    expect(ends[0], `I3: ${id} was pushed as it is stored`).toMatchObject({
      id,
      status: row?.status.toUpperCase(),
      version: row?.version,
      round: row?.round,
    });
    expect(setBack, `I3: older states of ${id} after newer ones`).toBe(0);
    expect(completed, `I3: the subscription to ${id} completed`).toBe(true);
  }
}

/** I7, and no unhandled rejection. */
function checkSecrets({ programs, visitors, world }: Fleet): void {
  const secrets = [
    SECRET_NOTE,
    world.env['OPENAI_API_KEY'] ?? '',
    ...visitors.map(({ cookie }) => cookie.split('=')[1] ?? ''),
  ];
  for (const { logs, output, role } of programs) {
    const everything = `${JSON.stringify(logs)}${output.join('\n')}`;
    for (const secret of secrets)
      expect(everything.includes(secret), `I7: a secret in the output of the ${role}`).toBe(false);
    expect(everything, `an unhandled rejection in the ${role}`).not.toMatch(
      /Unhandled|ERR_UNHANDLED|at async .*node:internal/,
    );
  }
}
