import { z } from 'zod';
import type { Draft } from './live-assessment.ts';

/** A progress message of a worker: the row has changed, or the model has written more of the draft. */
export type Progress = { version: number; seq: number; draft: Draft | undefined };

const PAYLOAD_CHARACTERS_MAX = 64 * 1024;

const text = (charactersMax: number) => z.string().max(charactersMax);
const shape = z.object({
  v: z.literal(1),
  version: z.int().min(1),
  seq: z.int().min(0),
  draft: z
    .object({
      summary: text(4_000).nullable(),
      recommendations: z
        .array(
          z.object({
            title: text(400),
            rationale: text(3_000),
            action: text(3_000),
            area: text(100).nullable(),
            priority: z.enum(['HIGH', 'MEDIUM', 'LOW']),
          }),
        )
        .max(10),
    })
    .optional(),
});

/**
 * Checks a progress message. It is the only message whose content is shown, and it may be forged.
 * @returns undefined if no worker sends such a message
 */
export function parseProgress(payload: string): Progress | undefined {
  if (payload.length > PAYLOAD_CHARACTERS_MAX) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const { data } = shape.safeParse(value);
  return data && { version: data.version, seq: data.seq, draft: data.draft };
}
