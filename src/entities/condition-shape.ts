import { z } from 'zod';
import type { Condition } from './condition.ts';

const value = z.union([z.string(), z.number(), z.boolean()], { error: 'give a text, a number, true or false' });
const bound = z.union([z.number(), z.iso.date()], { error: 'give a number, or a date in the form "2001-12-31"' });

const testShape = z.strictObject({
  question: z.string(),
  equals: value.optional(),
  oneOf: z.array(value).min(1).max(100).optional(),
  above: bound.optional(),
  below: bound.optional(),
  answered: z.boolean().optional(),
});

const FORM =
  'write a condition as {"question": "q1", "equals": 1} (or "oneOf", "above", "below", "answered"), {"and": […]}, {"or": […]} or {"not": {…}}';

// About as many as nine statements under "or", twice.
const list = () => z.array(conditionShape).min(1).max(20);

/** A condition as a file has it; condition.ts evaluates it. */
export const conditionShape: z.ZodType<Condition> = z.lazy(() =>
  z.union(
    [
      testShape,
      z.strictObject({ and: list() }),
      z.strictObject({ or: list() }),
      z.strictObject({ not: conditionShape }),
    ],
    { error: FORM },
  ),
);
