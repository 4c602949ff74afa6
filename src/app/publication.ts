import type { Database, Publication } from '../adapters/database.ts';
import type { QuestionnaireFolder } from '../adapters/questionnaire-files.ts';
import { markedTexts, TO_REPLACE, TO_TRANSLATE } from '../entities/marked-texts.ts';
import { questionnaireError, questionnaireId } from '../entities/questionnaire-content.ts';
import { few } from '../few-names.ts';
import type { Log } from '../log.ts';

/** A list in a line of the log. */
const IDS_SHOWN_MAX = 20;

const listed = (ids: readonly string[]): string => few(ids, IDS_SHOWN_MAX);

/**
 * Images come first: a published questionnaire has all of its own.
 * @returns also the texts that are now the newest ones
 * @throws StartError for a new version or translation with texts that nobody has written yet
 */
export async function publishFolder(
  database: Pick<Database, 'publish' | 'unpublished' | 'images' | 'translations'>,
  folder: QuestionnaireFolder,
): Promise<Publication & { texts: string[] }> {
  const { versions, overlays, images } = folder;
  await refuseUnwritten(database, folder);
  await database.images.store(images);
  const publication = await database.publish(versions);
  return { ...publication, texts: await database.translations.publish(overlays) };
}

/** Published ones are let through: a version can not be changed any more. The database is asked only if there are such texts. */
async function refuseUnwritten(
  database: Pick<Database, 'unpublished' | 'translations'>,
  folder: QuestionnaireFolder,
): Promise<void> {
  const files = [
    ...folder.versions.map(({ content }) => ({ name: questionnaireId(content), value: content })),
    ...folder.overlays.map((overlay) => ({ name: `${questionnaireId(overlay)} ${overlay.language}`, value: overlay })),
  ];
  const unwritten = files
    .map(({ name, value }) => ({ name, problems: [...unwrittenIn(value, name)] }))
    .filter(({ problems }) => problems.length > 0);
  if (unwritten.length === 0) return;
  const { versions, texts } = await unpublishedFiles(database, folder);
  const fresh = new Set([...versions, ...texts]);
  const problems = unwritten.flatMap((file) => (fresh.has(file.name) ? file.problems : []));
  if (problems.length > 0) throw questionnaireError(problems);
}

function* unwrittenIn(value: unknown, name: string): Generator<string> {
  for (const mark of [TO_REPLACE, TO_TRANSLATE]) {
    const places = [...markedTexts(value, mark)];
    if (places.length > 0)
      yield `${name}: ${places.length} texts begin with "${mark}": ${listed(places)}. Write them, or take the file away until then.`;
  }
}

/** Logs the changes of a publisher, if there are any, and the versions without a file, which a person has to decide about. */
export function tellPublication(
  log: Log,
  { published, withdrawn, offeredAgain, withoutFile, texts }: Publication & { texts: string[] },
): void {
  if (published.length > 0)
    log.info({ published }, 'questionnaires were published: these versions can not be changed any more');
  if (withdrawn.length + offeredAgain.length > 0)
    log.info({ withdrawn, offeredAgain }, 'versions of questionnaires were withdrawn, or are offered again');
  if (texts.length > 0)
    log.info({ texts }, 'texts of questionnaires in further languages were published: they are used from now on');
  tellWithoutFile(log, withoutFile);
}

export function tellWithoutFile(log: Log, withoutFile: readonly string[]): void {
  if (withoutFile.length > 0)
    log.warn(
      `published versions without a file: ${listed(withoutFile)}. They are still offered. ` +
        'Put the file back with "withdrawn": true to withdraw them.',
    );
}

/** Files that a process finds which publishes nothing: `slug@version`, of a text with its language. */
type Unpublished = { versions: string[]; texts: string[] };

/**
 * An image has no entry of its own: a new one belongs to a version that is not published, and a changed one is another
 * content of its version.
 * @throws StartError if the content of a published version differs from the stored one
 */
export const unpublishedFiles = async (
  database: Pick<Database, 'unpublished' | 'translations'>,
  { versions, overlays }: QuestionnaireFolder,
): Promise<Unpublished> => ({
  versions: await database.unpublished(versions),
  texts: await database.translations.unpublished(overlays),
});

export function tellUnpublished(log: Log, { versions, texts }: Unpublished): void {
  if (versions.length > 0)
    log.warn(
      `versions with a file that are not published: ${listed(versions)}. They are not offered. ` +
        'Run "npm run migrate", which publishes them.',
    );
  if (texts.length > 0)
    log.warn(
      `texts in further languages whose files differ from what is published: ${listed(texts)}. They are not used. ` +
        'Run "npm run migrate", which publishes them.',
    );
}
