import type { EntityManager } from '@mikro-orm/core';
import { imageFilesOf } from '../../entities/images.ts';
import { contentHash, questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { Questionnaire } from '../../entities/questionnaire.ts';
import type { QuestionnaireVersion } from '../../entities/questionnaire-version.ts';
import { StartError } from '../../own-error.ts';

/** Ids (`slug@version`) by what a publisher did with them or found. */
export type Publication = {
  published: string[];
  withdrawn: string[];
  /** They were withdrawn before. */
  offeredAgain: string[];
  /** Published, not withdrawn, and without a file. */
  withoutFile: string[];
};

/**
 * Publishes new versions, withdraws the versions whose files say so, and offers the others again.
 * @throws StartError if the content of a published version differs from the stored one
 */
export async function publishQuestionnaires(em: EntityManager, files: QuestionnaireVersion[]): Promise<Publication> {
  const before = await readVersions(em);
  refuseChanged(files, before);
  const added = files.filter(({ content }) => !before.has(questionnaireId(content)));
  if (added.length > 0)
    // Several processes may start at once: the first one publishes, and the others check its content below.
    await em.upsertMany(Questionnaire, added.map(toRow), { onConflictAction: 'ignore' });
  const after = added.length > 0 ? await readVersions(em) : before;
  refuseChanged(files, after);
  const withdrawn = files.filter((file) => file.withdrawn && before.get(idOf(file))?.withdrawnAt == null).map(idOf);
  const offeredAgain = files.filter((file) => !file.withdrawn && after.get(idOf(file))?.withdrawnAt != null).map(idOf);
  // A new version has its time already, and another publisher may have been first.
  await em.nativeUpdate(Questionnaire, { id: { $in: withdrawn }, withdrawnAt: null }, { withdrawnAt: new Date() });
  await em.nativeUpdate(Questionnaire, { id: { $in: offeredAgain } }, { withdrawnAt: null });
  const ofFiles = new Set(files.map(idOf));
  return {
    published: added.map(idOf),
    withdrawn,
    offeredAgain,
    withoutFile: [...after.values()].flatMap((row) =>
      row.withdrawnAt === null && !ofFiles.has(row.id) ? [row.id] : [],
    ),
  };
}

/** The ids of files that are not published. @throws StartError as `publishQuestionnaires` */
export async function unpublishedOf(em: EntityManager, files: QuestionnaireVersion[]): Promise<string[]> {
  const stored = await readVersions(em);
  refuseChanged(files, stored);
  return files.map(idOf).filter((id) => !stored.has(id));
}

type Stored = Pick<Questionnaire, 'id' | 'contentHash' | 'withdrawnAt'>;

async function readVersions(em: EntityManager): Promise<ReadonlyMap<string, Stored>> {
  const rows = await em.fork().find(Questionnaire, {}, { fields: ['id', 'contentHash', 'withdrawnAt'] });
  return new Map(rows.map(({ id, contentHash: hash, withdrawnAt }) => [id, { id, contentHash: hash, withdrawnAt }]));
}

function refuseChanged(files: QuestionnaireVersion[], stored: ReadonlyMap<string, Stored>): void {
  const changed = files.filter((file) => {
    const hash = stored.get(idOf(file))?.contentHash;
    return hash !== undefined && hash !== contentHash(file.content);
  });
  if (changed.length > 0) throw new StartError(changed.map(({ content }) => refusalOf(content)).join('\n'));
}

function refusalOf(content: QuestionnaireContent): string {
  // A changed image is another content, since the content has its hash.
  const files = ['the file', ...imageFilesOf(content).map((file) => `images/${file}`)].join(' and ');
  return (
    `questionnaire ${questionnaireId(content)} was published with other content: put ${files} back as before, ` +
    'and make the change in a new version'
  );
}

const idOf = ({ content }: QuestionnaireVersion): string => questionnaireId(content);

function toRow({ content, withdrawn }: QuestionnaireVersion) {
  const publishedAt = new Date();
  return {
    id: questionnaireId(content),
    slug: content.slug,
    version: content.version,
    content,
    contentHash: contentHash(content),
    publishedAt,
    withdrawnAt: withdrawn ? publishedAt : null,
  };
}
