import { EntitySchema, Utils, type CompiledFunctions } from '@mikro-orm/core';

const VERSION = '__version';
const KEY = /^(?<kind>\w+)-(?<table>\w+)_\d+(?<rest>(?:-\w+)*)$/;

/**
 * The functions of `mikro-orm compile` by the keys of this process. MikroORM looks a function up by the entity's unique name,
 * which ends with the entity's place in the order of imports. The file has the order of the process that made it.
 * @throws Error if the file was made by another version of MikroORM or of other tables: MikroORM would ignore it silently.
 */
export function byUniqueNames(
  made: Readonly<Record<string, unknown>>,
  entities: readonly { name: string }[],
): CompiledFunctions {
  if (made[VERSION] !== Utils.getORMVersion()) throw outOfDate(`it was made by MikroORM ${String(made[VERSION])}`);
  const uniqueNames = new Map(entities.map(namesOf));
  const keyNow = (key: string): string => {
    const { kind, table = '', rest } = KEY.exec(key)?.groups ?? {};
    const uniqueName = uniqueNames.get(table);
    if (uniqueName === undefined) throw outOfDate(`${key} belongs to no entity`);
    return `${kind}-${uniqueName}${rest}`;
  };
  const renamed = Object.entries(made).map(([key, value]) => [key === VERSION ? key : keyNow(key), value]);
  // MikroORM's type describes the version as a function, too.
  return Object.fromEntries(renamed) as CompiledFunctions;
}

function namesOf(entity: { name: string }): [table: string, unique: string] {
  const meta = EntitySchema.REGISTRY.get(entity)?.meta;
  if (meta === undefined) throw new Error(`${entity.name} is no entity`);
  return [meta.tableName, meta.uniqueName];
}

const outOfDate = (why: string): Error =>
  new Error(`compiled-functions.js is out of date: ${why}. Run "npm run compile:orm".`);
