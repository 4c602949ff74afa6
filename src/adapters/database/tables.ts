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
import type { ModelLimitSchema } from '../../entities/model-limit.ts';
import type { ModelSetupSchema } from '../../entities/model-setup.ts';
import type { QuestionnaireImageSchema } from '../../entities/questionnaire-image.ts';
import type { QuestionnaireTextSchema } from '../../entities/questionnaire-text.ts';
import type { QuestionnaireSchema } from '../../entities/questionnaire.ts';
import type { ResultSchema } from '../../entities/result.ts';
import type { SecretSchema } from '../../entities/secret.ts';
import type { SessionSchema } from '../../entities/session.ts';
import type { UntoldEndSchema } from '../../entities/untold-end.ts';
import type { WorkerSlotsSchema } from '../../entities/worker-slots.ts';
import type { Sql, SqlOptions } from './sql.ts';

type Schemas =
  | typeof AssessmentSchema
  | typeof DeadLetterSchema
  | typeof LeaderSchema
  | typeof ModelLimitSchema
  | typeof ModelSetupSchema
  | typeof QuestionnaireImageSchema
  | typeof QuestionnaireTextSchema
  | typeof QuestionnaireSchema
  | typeof ResultSchema
  | typeof SecretSchema
  | typeof SessionSchema
  | typeof UntoldEndSchema
  | typeof WorkerSlotsSchema;

/** Tables and columns of the entities, with values as the drivers return them: times are text. */
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

/** Builds statements without a connection: `carryOut` runs them like the statements written by hand. */
export const tables = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Runs a built statement. A name must always have the same text: an optional value is a null parameter. */
export function carryOut<Row>(sql: Sql, name: string, query: Compilable<Row>, options?: SqlOptions): Promise<Row[]> {
  const { sql: text, parameters } = query.compile();
  return sql<Row>(name, text, [...parameters], options);
}

export const now = fragment<string>`now()`;
/** The dispatch of a deferred assessment. */
export const INFINITY = fragment<string>`'infinity'::timestamptz`;
export const inMs = (ms: number) => fragment<string>`now() + ${ms}::float8 * interval '1 ms'`;
export const msAgo = (ms: number) => fragment<string>`now() - ${ms}::float8 * interval '1 ms'`;

/** A value of a JSON column. */
export const asJson = <Value>(value: Value) => fragment<Value>`${JSON.stringify(value)}::jsonb`;

/** A time in milliseconds since 1970. */
export const toMs = <Time extends string | null>(time: Expression<Time>) =>
  fragment<null extends Time ? number | null : number>`(extract(epoch from ${time}) * 1000)::float8`;

/** For a comparison with `=`. */
export const anyOf = (values: string | readonly string[] | null, type: 'uuid' | 'text') =>
  fragment<string>`any(${values}::${fragment.raw(type)}[])`;

type Scalar = 'text' | 'uuid' | 'timestamptz' | 'int';

/** For an optional value: `isNull` is true if it is missing, `sameAs` is the value to compare with. */
export const isNull = (value: unknown, type: Scalar | 'uuid[]') =>
  fragment<boolean>`${value}::${fragment.raw(type)} is null`;
export const sameAs = <Value>(value: Value, type: Scalar) =>
  fragment<NonNullable<Value>>`${value}::${fragment.raw(type)}`;

export const rowCount = fragment<number>`count(*)::int`;

/** A status as a literal, so that the planner can match the condition of an index. */
export const status = <Status extends AssessmentStatus>(value: Status) => fragment.lit(value);

/** The states in which an event is legal, for a comparison with `in`. */
export const statesFor = (event: AssessmentEvent) => statesThatTake(event).map((state) => status(state));
