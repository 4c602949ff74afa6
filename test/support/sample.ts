/** The part of JSON Schema that structured output supports. */
export type OutputSchema = {
  $defs?: Record<string, OutputSchema>;
  $ref?: string;
  const?: unknown;
  enum?: readonly unknown[];
  allOf?: readonly OutputSchema[];
  anyOf?: readonly OutputSchema[];
  oneOf?: readonly OutputSchema[];
  type?: string | readonly string[];
  properties?: Record<string, OutputSchema>;
  items?: OutputSchema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};

const ITEMS_DEFAULT = 3;
const DEPTH_MAX = 12;

/** A valid value of the schema. Texts differ, since a list of equal recommendations may be refused. */
export function sampleOf(schema: OutputSchema, root = schema, path: readonly string[] = []): unknown {
  if (path.length > DEPTH_MAX) return null;
  if (schema.$ref !== undefined) return sampleOf(resolve(schema.$ref, root), root, path);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sampleOf(part, root, path)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return sampleOf(choices.find((choice) => choice.type !== 'null') ?? {}, root, path);
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, sampleOf(value, root, [...path, key])]),
      );
    case 'array':
      return Array.from({ length: lengthOf(schema) }, (_, index) =>
        sampleOf(schema.items ?? {}, root, [...path, String(index + 1)]),
      );
    case 'integer':
    case 'number':
      return Math.ceil(((schema.minimum ?? 0) + (schema.maximum ?? (schema.minimum ?? 0) + 1)) / 2);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return textFor(path, schema);
  }
}

function resolve(ref: string, root: OutputSchema): OutputSchema {
  const found = ref === '#' ? root : root.$defs?.[ref.replace('#/$defs/', '')];
  if (found === undefined) throw new Error(`the response_format's schema has no ${ref}`);
  return found;
}

function typeOf({ type, properties, items }: OutputSchema): string {
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types.find((one) => one !== 'null') ?? (properties ? 'object' : items ? 'array' : 'string');
}

const lengthOf = ({ minItems = 0, maxItems = Infinity }: OutputSchema): number =>
  Math.min(Math.max(minItems, ITEMS_DEFAULT), maxItems);

function textFor(path: readonly string[], { minLength = 0, maxLength = Infinity }: OutputSchema): string {
  const text = `${path.join(' ') || 'value'}: a plain sentence that says what to do.`.padEnd(minLength, '.');
  return text.slice(0, maxLength);
}
