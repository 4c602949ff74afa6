import { writeFileSync } from 'node:fs';
import { printedPossibleTypes, printedSchema } from '../src/schema/index.ts';
import { printedDocument } from '../src/server/http/rest/handlers.ts';

writeFileSync(new URL('../schema.graphql', import.meta.url), printedSchema());
writeFileSync(new URL('../possible-types.json', import.meta.url), printedPossibleTypes());
writeFileSync(new URL('../openapi.json', import.meta.url), printedDocument());
