import { Validator } from '@cfworker/json-schema';

/** A keyword of a schema that a value breaks, and the place in the value as a JSON pointer ("": the value itself). */
export type Violation = { keyword: string; path: string };

/**
 * Makes the check of JSON values against a schema (2020-12). It interprets the schema, so that no text of it becomes code,
 * and lists every broken keyword. Leave `uniqueItems` out of the schema: its check takes quadratic time.
 */
export function schemaCheck(schema: object): (value: unknown) => Violation[] {
  // A copy, since the validator writes into the schema.
  const validator = new Validator(structuredClone(schema), '2020-12', false);
  return (value) => {
    // The validator throws for a value that JSON does not have.
    if (!JSON_TYPES.has(typeof value)) return [{ keyword: 'type', path: '' }];
    return validator
      .validate(value)
      .errors.filter(({ keyword }) => !WRAPPERS.has(keyword))
      .map(({ keyword, instanceLocation }) => ({ keyword, path: instanceLocation.slice('#'.length) }));
  };
}

const JSON_TYPES = new Set(['string', 'number', 'boolean', 'object']);
// They repeat that a keyword below them is broken, which is listed itself.
const WRAPPERS = new Set(['properties', 'items', 'false']);
