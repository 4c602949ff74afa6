import './interpreted-schemas.ts';
import { z } from 'zod';
import { readText } from './files.ts';

/** The content of a JSON file; the setting is its path. */
export const jsonFile = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((path, context): z.output<Schema> => {
    const found = readText(path);
    if ('problem' in found) {
      context.addIssue(`names a file that ${found.problem}`);
      return z.NEVER;
    }
    const read = schema.safeParse(jsonOf(found.text));
    if (read.success) return read.data;
    for (const issue of read.error.issues) {
      const where = issue.path.length === 0 ? 'that' : `in which ${issue.path.join(' / ')}`;
      context.addIssue(`names a file ${where} ${issue.message}`);
    }
    return z.NEVER;
  });

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
