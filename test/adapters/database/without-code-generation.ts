/** Uses a new database as the program does, in a process with `--disallow-code-generation-from-strings`. */
// The first import, so that the entities have another order than on the command line.
import '../../../src/entities/session.ts';
import { json } from 'node:stream/consumers';
import { openDatabase, type DatabaseOptions } from '../../../src/adapters/database.ts';
import type { NewAssessment } from '../../../src/adapters/database/submitting.ts';
import type { QuestionnaireVersion } from '../../../src/entities/questionnaire-version.ts';

export type Given = { at: DatabaseOptions['at']; files: QuestionnaireVersion[]; assessment: NewAssessment };

const { at, files, assessment } = (await json(process.stdin)) as Given;

const database = await openDatabase({ at, leaseMs: 15_000, observe: () => {} });
await database.migrate();
const publication = await database.publish(files);
const withdrawal = await database.publish(files.map(({ content }) => ({ content, withdrawn: true })));
const versions = await database.questionnaires.versions();
const contents = await database.questionnaires.contents(versions.map(({ id }) => id));
await database.submitting.insert(assessment);
const stored = await database.reading.byId(assessment.id);
await database.close();

const isRefused = (): boolean => {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval
    return Boolean(new Function('return false')());
  } catch {
    return true;
  }
};
console.log(JSON.stringify({ isRefused: isRefused(), publication, withdrawal, versions, contents, stored }));
