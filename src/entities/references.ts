import { isJsonObject } from '../json-object.ts';

/**
 * The node with `{ "$ref": "#/$defs/name" }` replaced by its target, whose members the node may overrule. A reference
 * without a target stays: the checks refuse it.
 */
export function followReference(node: unknown, definitions: unknown): unknown {
  if (!isJsonObject(node) || typeof node.$ref !== 'string') return node;
  const { $ref: _, ...own } = node;
  const name = /^#\/\$defs\/([^/]{1,100})$/.exec(node.$ref)?.[1];
  const isThere = name !== undefined && isJsonObject(definitions) && Object.hasOwn(definitions, name);
  const target = isThere ? definitions[name] : undefined;
  return isJsonObject(target) ? { ...target, ...own } : node;
}
