import { startApp, type TestApp } from '../app.ts';
import { wellbeingAnswers } from '../questionnaires.ts';
import { until } from '../wait.ts';
import { hasEnded, hasFailed, lacks, mayFail, tally, type Seen, type State } from './judge.ts';
import { operatorOf } from './operator.ts';
import type { Scenario } from './scenario.ts';
import { scenarioOf } from './scenarios.ts';
import { startProviders, type Providers } from './server.ts';

const EACH = 3;
const WITHIN_MS = 20_000;

/**
 * Plays a scenario: three plain and three watched assessments meet the provider.
 * @returns what falls short of what is right, empty if nothing does
 */
export async function play(name: string): Promise<string[]> {
  const scenario = scenarioOf(name);
  await using providers = await startProviders({ [name]: scenario });
  await using app = await startApp({
    env: { OPENAI_BASE_URL: providers.baseUrl(name), AI_TIMEOUT_MS: '8000', ...scenario.env },
  });
  const ids = await submitBoth(app, EACH, scenario.note);
  const seen = await settled(scenario, app, ids, providers, name);
  const short = lacks(scenario, seen);
  if (short.length === 0) return [];
  const calls = providers.peoples(name).length;
  const [plain, watched] = [seen.states.slice(0, EACH), seen.states.slice(EACH)];
  return [
    `${scenario.provider}, ${scenario.does}: plain ${tally(plain)}; watched ${tally(watched)}; ${calls} calls`,
    ...short,
  ];
}

/** So many plain assessments, and as many watched ones. */
export async function submitBoth(app: TestApp, each: number, note?: string): Promise<string[]> {
  const client = await app.client();
  const answers = note === undefined ? wellbeingAnswers : { ...wellbeingAnswers, note };
  const ids: string[] = [];
  for (const watch of [false, true])
    // oxlint-disable-next-line no-await-in-loop -- in this order
    for (let count = 0; count < each; count += 1) ids.push(await client.submit({ answers, watch }));
  return ids;
}

/** States in the order of the ids. */
export async function statesOf({ world }: TestApp, ids: readonly string[]): Promise<State[]> {
  type Row = State & { id: string };
  const rows = await world.sql<Row>('SELECT id, status, failure_code AS code FROM test_assessment WHERE id = ANY($1)', [
    ids,
  ]);
  return ids.map((id) => rows.find((row) => row.id === id) ?? { status: 'missing', code: null });
}

/** The log may follow the state of a row. */
const TOLD_WITHIN_MS = 1_000;
const INTERVAL_MS = 50;

/** Waits until nothing more will change: all have ended, one has failed that must not, or all work waits in a pause. */
async function settled(
  scenario: Scenario,
  app: TestApp,
  ids: readonly string[],
  providers: Providers,
  name: string,
): Promise<Seen> {
  const look = async (): Promise<Seen> => {
    const states = await statesOf(app, ids);
    return { states, paidMost: mostPaid(providers, name), ...(await operatorOf(app)) };
  };
  const isOver = ({ states, isPaused }: Seen): boolean => {
    if (states.every(hasEnded) || (states.some(hasFailed) && !mayFail(scenario))) return true;
    const isIdle = providers.inFlight() === 0 && !states.some(({ status }) => status === 'processing');
    return isPaused && isIdle && !scenario.right.includes('completes');
  };
  const isRight = (seen: Seen): boolean => lacks(scenario, seen).length === 0;
  await waitFor(look, (seen) => isOver(seen) || isRight(seen), scenario.withinMs ?? WITHIN_MS);
  return await waitFor(look, isRight, TOLD_WITHIN_MS);
}

/** Looks until the condition holds or the time is over. @returns what was seen last */
async function waitFor(look: () => Promise<Seen>, holds: (seen: Seen) => boolean, timeoutMs: number): Promise<Seen> {
  let seen: Seen | undefined;
  const looks = async (): Promise<boolean> => holds((seen = await look()));
  await until(looks, { timeoutMs, intervalMs: INTERVAL_MS }).catch(() => undefined);
  return seen ?? (await look());
}

function mostPaid(providers: Providers, name: string): number {
  const paid = providers.peoples(name).filter(({ status }) => status === 200);
  const byAssessment = Object.groupBy(paid, ({ assessmentId = '' }) => assessmentId);
  return Math.max(0, ...Object.values(byAssessment).map((calls = []) => calls.length));
}
