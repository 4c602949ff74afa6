import type { ClientBase } from 'pg';

const ROWS = 50_000;

/** Keeps the tables unanalyzed, as after a restore or in a sudden rush: the planner has no statistics of later rows. */
export async function stopAutovacuum(client: ClientBase): Promise<void> {
  for (const table of TABLES) await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
}

/** Fills the tables; resolves to the ids of 1,000 rows. */
export async function fillTables(client: ClientBase): Promise<string[]> {
  await client.query(
    `INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch,
       status, ended_at, ended_xid, network, turn, dispatched_at)
     SELECT gen_random_uuid(), gen_random_uuid(), 'wellbeing-check@1', jsonb_build_object('note', repeat('x', 300)),
       'hash', 'key-' || n, false, s.status, CASE WHEN s.status = 'completed' THEN now() END,
       CASE WHEN s.status = 'completed' THEN pg_current_xact_id() END,
       CASE WHEN s.status <> 'completed' THEN 'network-' || n % 100 END, CASE WHEN n % 10 = 5 THEN n END,
       CASE WHEN n % 10 = 5 THEN 'infinity' ELSE now() END
     FROM generate_series(1, $1) AS n, LATERAL (
       SELECT CASE WHEN n % 5 = 0 THEN 'submitted' WHEN n % 50 = 1 THEN 'processing' ELSE 'completed' END AS status) AS s`,
    [ROWS],
  );
  await client.query(
    `INSERT INTO result_test (assessment_id, round, summary, recommendations, scores, model, prompt_version)
     SELECT id, 1, 'Fine.', '[]', '[]', 'scripted', '1' FROM test_assessment WHERE status = 'completed'
     ON CONFLICT DO NOTHING`,
  );
  await client.query(
    `INSERT INTO dead_letter (assessment_id, round, code, attempts, last_error)
     SELECT id, 2, 'AI_REFUSED', 1, '' FROM test_assessment WHERE status = 'completed'`,
  );
  const { rows } = await client.query<{ id: string }>('SELECT id FROM test_assessment LIMIT 1000');
  return rows.map(({ id }) => id);
}

const TABLES = ['test_assessment', 'result_test', 'dead_letter'];

export type Plan = { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; Plans?: Plan[] };

/** The rows of `EXPLAIN (FORMAT JSON)`. */
export type Explained = { 'QUERY PLAN': { Plan: Plan }[] }[];

/** The tables that a statement reads from end to end. */
export const readWhole = (rows: Explained): string[] =>
  (rows[0]?.['QUERY PLAN'] ?? [])
    .flatMap(({ Plan: plan }) => nodesOf(plan))
    .filter((node) => node['Node Type'] === 'Seq Scan' && TABLES.includes(node['Relation Name'] ?? ''))
    .map((node) => node['Relation Name'] ?? '');

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Values as SQL, between the brackets of EXECUTE. */
export const literals = (values: readonly unknown[], client: Pick<ClientBase, 'escapeLiteral'>): string =>
  values
    .map((value) => {
      if (value === null || value === undefined) return 'NULL';
      if (!Array.isArray(value)) return client.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
      return client.escapeLiteral(
        `{${value.map((item) => (item === null ? 'NULL' : JSON.stringify(item))).join(',')}}`,
      );
    })
    .join(', ');
