import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database, type Statement } from '../../../src/adapters/database.ts';
import type { NewAssessment } from '../../../src/adapters/database/submitting.ts';
import type { AssessmentStatus } from '../../../src/entities/assessment-state.ts';
import type { StoredResult } from '../../../src/entities/assessment-view.ts';
import type { Claim, NewResult, Outcome } from '../../../src/entities/claim.ts';
import { createWorld, type World } from '../../support/world.ts';

export type Store = Database & {
  world: World;
  sql: World['sql'];
  /** Names of the statements so far, in their order. */
  statements: string[];
  [Symbol.asyncDispose](): Promise<void>;
};

export type StoreOptions = {
  /** To share a database with another process. @defaultValue a world of its own, which ends with the store */
  world?: World;
  /** Address of a proxy before the database. */
  url?: string;
  leaseMs?: number;
  poolMax?: number;
};

export const LEASE_MS = 15_000;

/** The database adapter as one process of the program has it. */
export async function openStore({ world, url, leaseMs = LEASE_MS, poolMax = 4 }: StoreOptions = {}): Promise<Store> {
  const used = world ?? (await createWorld());
  const statements: string[] = [];
  const at = { url: url ?? used.databaseUrl, poolMax };
  const observe = ({ operation, failure }: Statement): void => {
    if (failure === undefined) statements.push(operation);
  };
  const database = await openDatabase({ at, leaseMs, observe });
  return {
    ...database,
    world: used,
    sql: used.sql,
    statements,
    async [Symbol.asyncDispose]() {
      await database.close();
      if (world === undefined) await used.close();
    },
  };
}

export function newAssessment(given: Partial<NewAssessment> = {}): NewAssessment {
  const id = uuidv7();
  return {
    id,
    sessionId: randomUUID(),
    questionnaireId: 'wellbeing-check@1',
    language: null,
    answersJson: '{"mood":7}',
    answersHash: 'hash',
    idempotencyKey: id,
    watch: false,
    // Alone in its network, so that it is not deferred.
    network: id,
    openMax: { ofNetwork: 0, ofSession: 0 },
    ...given,
  };
}

/** Stores `count` assessments and returns their ids. */
export async function submitMany({ submitting }: Store, count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => newAssessment());
  return (await Promise.all(rows.map((row) => submitting.insert(row)))).map(({ id }) => id);
}

/** The URL with the port of a proxy. */
export function throughPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** Claims an assessment; throws if the claim is refused. */
export async function claimed({ working }: Pick<Store, 'working'>, id: string): Promise<Claim> {
  const claim = await working.claim({ id, token: randomUUID() });
  if ('kind' in claim) throw new Error(`not claimed: ${JSON.stringify(claim)}`);
  return claim;
}

/** A result as it is read: scores are computed from the answers. */
export function asRead(result: NewResult): StoredResult {
  const { scores: _scores, textHash: _hash, ...read } = result;
  return read;
}

export const completed: Outcome & { status: 'completed' } = {
  status: 'completed',
  result: {
    summary: 'Sleep more.',
    recommendations: [
      { title: 'Sleep', rationale: 'You are tired.', action: 'Go to bed.', area: null, priority: 'HIGH' },
    ],
    scores: [
      {
        area: 'sleep',
        parent: null,
        title: 'Sleep',
        value: 12.5,
        level: 'LOW',
        raw: 12.5,
        unit: null,
        minimum: 0,
        maximum: 100,
        band: { key: 'low', title: 'low' },
        norm: null,
        answered: 2,
        of: 2,
      },
    ],
    model: 'scripted',
    promptVersion: '1.1',
    textHash: null,
  },
  promptTokens: 12,
  completionTokens: 34,
};
export const failed: Outcome & { status: 'failed' } = {
  status: 'failed',
  code: 'AI_REFUSED',
  lastError: 'the model refused to answer',
};

export type Row = {
  id: string;
  status: AssessmentStatus;
  version: number;
  round: number;
  attempts: number;
  claim_token: string | null;
  lease_until: Date | null;
  not_before: Date | null;
  failure_code: string | null;
  ended_at: Date | null;
  ended_xid: string | null;
  network: string | null;
  turn: number | null;
};

export async function rowOf({ sql }: Pick<Store, 'sql'>, id: string): Promise<Row> {
  const [row] = await sql<Row>('SELECT * FROM test_assessment WHERE id = $1', [id]);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

/** Backdates the end of a lease, instead of waiting for it. */
export const backdateLease = ({ sql }: Pick<Store, 'sql'>, id: string) =>
  sql(`UPDATE test_assessment SET lease_until = now() - interval '1 hour' WHERE id = $1`, [id]);

export const countRows = async ({ sql }: Pick<Store, 'sql'>): Promise<number> => {
  const [row] = await sql<{ count: number }>('SELECT count(*)::int AS count FROM test_assessment');
  return row?.count ?? -1;
};

export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
