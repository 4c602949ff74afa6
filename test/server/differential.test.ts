import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawnDocuments } from './drawn-documents.ts';
import { startEveryTransport, type EveryTransport } from './every-transport.ts';

/** New ones in each run, about 10 ms each. A failure prints its seed: add it to the options to draw the same again. */
const DOCUMENTS = 300;

let every: EveryTransport;
beforeAll(async () => {
  every = await startEveryTransport();
});
afterAll(() => every[Symbol.asyncDispose]());

test('a document drawn from the schema has the same result as by graphql-js, over every transport', async () => {
  const drawn = { executions: 0, refused: 0, tooComplex: 0 };
  await fc.assert(
    fc.asyncProperty(drawnDocuments, async ({ query, executions }) => {
      for (const execution of executions) {
        const { isRefused, isTooComplex } = await every.expectSame({ query, ...execution });
        drawn.executions++;
        if (isRefused) drawn.refused++;
        if (isTooComplex) drawn.tooComplex++;
      }
    }),
    { numRuns: DOCUMENTS },
  );
  // Otherwise few results would be compared.
  expect(drawn.refused).toBeLessThan(drawn.executions / 5);
  expect(drawn.tooComplex).toBeLessThan(drawn.executions / 20);
});
