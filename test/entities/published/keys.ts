import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The published keys of public instruments, and a computation of their scores that shares nothing with src/. */

const sheet = z.record(z.string(), z.unknown());
const scale = z.object({
  items: z.array(z.string()),
  reverse: z.array(z.string()).default([]),
  recode: z.record(z.string(), z.record(z.string(), z.number())).default({}),
  raw: z.object({ min: z.number(), max: z.number() }),
  factor: z.number().default(1),
  bands: z.array(z.object({ name: z.string(), from: z.number(), to: z.number() })).default([]),
});
const outcome = z.object({
  raw: z.number().nullable(),
  band: z.string().nullable().optional(),
  answered: z.number().optional(),
  of: z.number().optional(),
});
const file = z.object({
  instruments: z.record(z.string(), z.object({ items: z.number(), scales: z.record(z.string(), scale) })),
  vectors: z.array(
    z.object({
      instrument: z.string(),
      note: z.string().optional(),
      answers: sheet,
      expected: z.record(z.string(), outcome),
    }),
  ),
});

const published = file.parse(JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')));

export const vectors = published.vectors;
export const instrumentNames = Object.keys(published.instruments);

type Sheet = z.infer<typeof sheet>;
type Published = Record<string, { raw: number | null; band: string | null; answered: number; of: number }>;

/** The answers that an item of an instrument takes. */
export function answersOf(name: string, item: string): number[] {
  const upTo = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, step) => low + step);
  if (name === 'audit') return item === 'q9' || item === 'q10' ? [0, 2, 4] : upTo(0, 4);
  if (name === 'promis-10') return item === 'q7' ? upTo(0, 10) : upTo(1, 5);
  return name === 'mini-ipip' ? upTo(1, 5) : name === 'who-5' ? upTo(0, 5) : upTo(0, 3);
}

export const itemsOf = (name: string): string[] =>
  Array.from({ length: published.instruments[name]?.items ?? 0 }, (_, index) => `q${index + 1}`);

/** Items in which a high answer means a low value, by a reversed or a recoded key. */
export function turnedIn(name: string): Set<string> {
  const scales = Object.values(published.instruments[name]?.scales ?? {});
  return new Set(scales.flatMap(({ reverse, recode }) => [...reverse, ...Object.keys(recode)]));
}

export const hasBands = (name: string): boolean =>
  Object.values(published.instruments[name]?.scales ?? {}).every(({ bands }) => bands.length > 0);

/** Items that the manual of AUDIT tells to skip. */
function skippedIn(name: string, answers: Sheet): string[] {
  if (name !== 'audit') return [];
  const isDrinking = typeof answers.q1 === 'number' && answers.q1 > 0;
  if (!isDrinking) return ['q2', 'q3', 'q4', 'q5', 'q6', 'q7', 'q8'];
  const isMuch = ['q2', 'q3'].some((item) => typeof answers[item] === 'number' && answers[item] > 0);
  return isMuch ? [] : ['q4', 'q5', 'q6', 'q7', 'q8'];
}

/** How many answers may be missing. The mean of the others stands for them. */
const MISSING_MOST: Record<string, number> = { 'phq-9': 2, 'gad-7': 2 };

/** WHO-5 is given as a percentage, four times the sum. Its key has the bands of the sum. */
export const unitOf = (name: string): number => (name === 'who-5' ? 4 : 1);

/** The scores by the published rules. `raw` is in the unit of the keys. */
export function publishedScores(name: string, answers: Sheet): Published {
  const skipped = skippedIn(name, answers);
  const scores: Published = {};
  for (const [key, { items, reverse, recode, factor, bands }] of Object.entries(
    published.instruments[name]?.scales ?? {},
  )) {
    const asked = items.filter((item) => !skipped.includes(item));
    let sum = 0;
    let answered = 0;
    for (const item of asked) {
      const answer = answers[item];
      if (typeof answer !== 'number') continue;
      answered += 1;
      const possible = answersOf(name, item);
      if (recode[item]) sum += recode[item][String(answer)] ?? NaN;
      else if (reverse.includes(item)) sum += Math.min(...possible) + Math.max(...possible) - answer;
      else sum += answer;
    }
    const isEnough = answered >= asked.length - (MISSING_MOST[name] ?? 0);
    const raw = isEnough ? Math.round((factor * sum * asked.length) / answered) : null;
    const band = raw === null ? undefined : bands.find(({ from, to }) => from <= raw && raw <= to);
    scores[key] = { raw, band: band?.name ?? null, answered, of: asked.length };
  }
  return scores;
}
