import type { InferKyselyDB } from '@mikro-orm/postgresql';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql as fragment,
  type ColumnType,
  type Compilable,
  type Expression,
} from 'kysely';
import { statesThatTake, type AssessmentEvent, type AssessmentStatus } from '../../entities/assessment-state.ts';
import type { AssessmentSchema } from '../../entities/assessment.ts';
import type { DeadLetterSchema } from '../../entities/dead-letter.ts';
import type { LeaderSchema } from '../../entities/leader.ts';
import type { ResultSchema } from '../../entities/result.ts';
import type { SecretSchema } from '../../entities/secret.ts';
import type { SessionSchema } from '../../entities/session.ts';
import type { Sql } from './sql.ts';

type Schemas =
  | typeof AssessmentSchema
  | typeof DeadLetterSchema
  | typeof LeaderSchema
  | typeof ResultSchema
  | typeof SecretSchema
  | typeof SessionSchema;

/** Tables and columns as the entities define them, and values as the drivers give them: a time is text. */
export type Tables = {
  [Table in keyof InferKyselyDB<Schemas>]: {
    [Column in keyof InferKyselyDB<Schemas>[Table]]: AsGiven<InferKyselyDB<Schemas>[Table][Column]>;
  };
};
type AsGiven<Column> =
  Column extends ColumnType<infer Select, infer Insert, infer Update>
    ? ColumnType<TimeAsText<Select>, TimeAsText<Insert>, TimeAsText<Update>>
    : TimeAsText<Column>;
type TimeAsText<Value> = Value extends Date ? string : Value;

/** Builds statements and has no connection: `carryOut` sends them the way of all others. */
export const tables = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** One name stands for one text: what a caller leaves out is a null among the values, and no other text. */
export function carryOut<Row>(sql: Sql, name: string, query: Compilable<Row>): Promise<Row[]> {
  const { sql: text, parameters } = query.compile();
  return sql<Row>(name, text, [...parameters]);
}

export const now = fragment<string>`now()`;
export const inMs = (ms: number) => fragment<string>`now() + ${ms}::float8 * interval '1 ms'`;
export const msAgo = (ms: number) => fragment<string>`now() - ${ms}::float8 * interval '1 ms'`;

/** A time in milliseconds since 1970. */
export const toMs = <Time extends string | null>(time: Expression<Time>) =>
  fragment<null extends Time ? number | null : number>`(extract(epoch from ${time}) * 1000)::float8`;

/** To be compared with `=`. */
export const anyOf = (values: string | readonly string[] | null, type: 'uuid' | 'text') =>
  fragment<string>`any(${values}::${fragment.raw(type)}[])`;

type Scalar = 'text' | 'uuid' | 'timestamptz' | 'int';

/** For a value that a caller may leave out: `isNull` holds then, and what it is compared with is given otherwise. */
export const isNull = (value: unknown, type: Scalar | 'uuid[]') =>
  fragment<boolean>`${value}::${fragment.raw(type)} is null`;
export const sameAs = <Value>(value: Value, type: Scalar) =>
  fragment<NonNullable<Value>>`${value}::${fragment.raw(type)}`;

export const rowCount = fragment<number>`count(*)::int`;

/** A status within the text, so that an index with a condition can be seen to fit. */
export const status = <Status extends AssessmentStatus>(value: Status) => fragment.lit(value);

/** To be compared with `in`: the states in which an event is legal. */
export const statesFor = (event: AssessmentEvent) => statesThatTake(event).map((state) => status(state));
