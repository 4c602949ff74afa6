import { wellbeingAnswers } from '../test/support/questionnaires.ts';
import type { Fleet } from './fleet.ts';

const SESSION_ROWS = 10;

const RECOMMENDATIONS = Array.from({ length: 4 }, (_, index) => ({
  title: `Recommendation ${index + 1} in a few words`,
  rationale: 'Why this is recommended, in two sentences. They refer to what was answered.',
  action: 'What to do on which day and for how long, so that it can be started tomorrow.',
  area: 'sleep',
  priority: 'HIGH',
}));

/**
 * Inserts ended assessments with results, in the state of old rows: statistics are up to date, and pages are marked as
 * visible to all.
 */
export async function fillRows(sql: Fleet['sql'], count: number): Promise<void> {
  await sql(
    `INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch,
       status, version, attempts, submitted_at, dispatched_at, started_at, ended_at, ended_xid)
     SELECT gen_random_uuid(), md5((nth / ${SESSION_ROWS})::text)::uuid, 'wellbeing-check@1', $1, md5(nth::text), nth::text, false,
       'completed', 3, 1, at, at, at + interval '1 s', at + interval '3 s', pg_current_xact_id()
     FROM (SELECT nth, now() - nth * interval '10 s' AS at FROM generate_series(1, $2::int) AS nth) AS numbered`,
    [JSON.stringify(wellbeingAnswers), count],
  );
  await sql(
    `INSERT INTO result_test (assessment_id, round, summary, recommendations, scores, model, prompt_version)
     SELECT id, 1, 'Two or three sentences that say how things are.', $1, '[]', 'gpt-4.1-mini', '1' FROM test_assessment`,
    [JSON.stringify(RECOMMENDATIONS)],
  );
  await sql('VACUUM ANALYZE test_assessment');
  await sql('VACUUM ANALYZE result_test');
}
