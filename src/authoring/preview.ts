import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { questionnaireOfCompanion, readJsonFile, readQuestionnaireFile } from '../adapters/questionnaire-files.ts';
import { startApp } from '../app.ts';
import { ROOT } from '../app/parts.ts';
import { readConfig } from '../config.ts';
import { imageFilesOf } from '../entities/images.ts';
import { withoutMarks } from '../entities/marked-texts.ts';
import { questionnaireId } from '../entities/questionnaire-content.ts';
import { isJsonObject } from '../json-object.ts';
import { createLog } from '../log.ts';
import { StartError } from '../own-error.ts';

/** Nothing is worth waiting for at the end. */
const GRACE_MS = '1000';

/**
 * Serves one questionnaire on a free port of this machine, with the demo model and in a temporary folder, until the process is asked to stop;
 * then deletes the folder.
 * @param say told the address
 * @throws StartError
 */
export async function preview(path: string, say: (text: string) => void): Promise<void> {
  const { content } = await readQuestionnaireFile(path);
  if (!existsSync(join(ROOT, 'dist/web/index.html')))
    throw new StartError('The web page is not built. Run "npm run build" first.');
  const stopped = untilStopped();
  const folder = await mkdtemp(join(tmpdir(), 'assay-preview-'));
  try {
    const questionnaires = join(folder, 'questionnaires');
    await copyInto(questionnaires, path, imageFilesOf(content));
    // None of the environment's settings: they may name a paid model or a real database.
    const config = readConfig('all', {
      PORT: '0',
      METRICS_PORT: '0',
      DATA_DIR: join(folder, 'data'),
      QUESTIONNAIRES_DIR: questionnaires,
      DEMO_MODEL: '1',
      SHUTDOWN_GRACE_MS: GRACE_MS,
      LOG_LEVEL: 'warn',
    });
    const app = await startApp(config, createLog(config.logLevel, config.role));
    try {
      const url = String(app.url).replace('127.0.0.1', 'localhost');
      say(`${questionnaireId(content)}: ${url}/take/${content.slug}`);
      say('Nothing that is filled in is kept. Press Ctrl-C to end.');
      await stopped;
    } finally {
      await app.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The file, those of its other languages, and its images. It is shown also if it is withdrawn, or has texts that are not written yet. */
async function copyInto(folder: string, path: string, images: readonly string[]): Promise<void> {
  const name = basename(path);
  await mkdir(folder);
  const file = await readJsonFile(path);
  if ('problems' in file || !isJsonObject(file.value))
    throw new StartError(`${name} was changed meanwhile. Try again.`);
  const { withdrawn: _, ...value } = file.value;
  await writeFile(join(folder, name), withoutMarks(JSON.stringify(value)));
  for (const other of await readdir(dirname(path)))
    if (questionnaireOfCompanion(other) === name)
      await writeFile(join(folder, other), withoutMarks(await readFile(join(dirname(path), other), 'utf8')));
  await mkdir(join(folder, 'images'));
  for (const image of images) {
    const from = join(dirname(path), 'images', image);
    // The start tells of an image that is not there.
    if (existsSync(from)) await copyFile(from, join(folder, 'images', image));
  }
}

/** Ctrl-C under npm arrives twice: the second signal must not end the process before the folder is deleted. */
const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => resolve());
  });
