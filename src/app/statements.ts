import { remedyOf, type Statement } from '../adapters/database.ts';
import type { Role } from '../config.ts';
import { fewLines } from '../few-lines.ts';
import type { Log } from '../log.ts';
import { sqlStateClass, type Metrics } from '../metrics.ts';
import type { PartState } from '../server/http/readiness.ts';

/** SQLSTATEs by which a server refuses writes for as long as a person, or a fail-over, has not mended it. */
const REFUSALS: Readonly<Record<string, { state: PartState; ofSomeWrites?: true }>> = {
  '25006': { state: 'read-only' },
  '53100': { state: 'full', ofSomeWrites: true },
  '53200': { state: 'unavailable', ofSomeWrites: true },
  '53300': { state: 'unavailable' },
  '58030': { state: 'unavailable', ofSomeWrites: true },
};
/** For how long a refusal counts that a small write does not disprove: a full disk still has room for some rows. */
const REFUSED_MS = 10_000;
const LINE_EVERY_MS = 60_000;

export type Statements = {
  observe: (statement: Statement) => void;
  /** The database by the outcomes of the last writes. */
  state: () => PartState;
  /** Milliseconds since a write succeeded. */
  sinceWriteMs: () => number;
  /** A small write succeeded, which disproves most refusals. */
  checked: () => void;
};

type Deps = { role: Role; metrics: Metrics; log: Log; clock?: () => number };

/**
 * Counts the statements of this process, and keeps what their outcomes say about the database. A refused write counts until
 * the same operation succeeds: reads and other operations may still work. A line for each SQLSTATE and minute is logged.
 */
export function watchStatements({ role, metrics, log, clock = () => performance.now() }: Deps): Statements {
  const refused = new Map<string, { state: PartState; ofSomeWrites: boolean; at: number }>();
  const lines = fewLines({ everyMs: LINE_EVERY_MS }, clock);
  let wroteAt = -Infinity;

  const tell = ({ operation, failure }: Statement, sqlState: string): void => {
    const line = lines(sqlState);
    if (line === undefined) return;
    const remedy = remedyOf(sqlState) ?? 'look up the SQLSTATE in the documentation of PostgreSQL';
    const write = failure?.of === 'statement' ? 'error' : 'warn';
    log[write]({ sqlState, operation, count: line.leftOut + 1 }, `the database refuses statements: ${remedy}`);
  };

  const failed = (statement: Statement, { sqlState, of }: NonNullable<Statement['failure']>): void => {
    const { operation, writes } = statement;
    metrics.databaseErrors.inc({ kind: writes ? 'write' : 'read', class: sqlStateClass(sqlState) });
    if (of === 'data' || of === 'again' || sqlState === undefined) return;
    tell(statement, sqlState);
    if (!writes) return;
    // A visitor of an api must not be able to make it unready by a statement of the program that is wrong.
    const refusesStatement: (typeof REFUSALS)[string] | undefined =
      of === 'statement' && role !== 'api' ? { state: 'refusing', ofSomeWrites: true } : undefined;
    const refusal = REFUSALS[sqlState] ?? refusesStatement;
    if (refusal !== undefined)
      refused.set(operation, { state: refusal.state, ofSomeWrites: refusal.ofSomeWrites ?? false, at: clock() });
  };

  return {
    observe(statement) {
      const { operation, seconds, writes, failure } = statement;
      if (failure !== undefined) return failed(statement, failure);
      metrics.database.observe({ operation }, seconds);
      if (!writes) return;
      wroteAt = clock();
      if (refused.size > 0) refused.delete(operation);
    },
    state() {
      const [newest] = [...refused.values()].toSorted((a, b) => b.at - a.at);
      return newest?.state ?? 'ok';
    },
    sinceWriteMs: () => clock() - wroteAt,
    checked() {
      for (const [operation, { ofSomeWrites, at }] of refused)
        if (!ofSomeWrites || clock() - at >= REFUSED_MS) refused.delete(operation);
    },
  };
}
