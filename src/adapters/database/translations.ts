import { sql as fragment } from 'kysely';
import { hashOf } from '../../entities/content-hash.ts';
import type { Overlay, PublishedTranslation } from '../../entities/overlay.ts';
import { questionnaireId } from '../../entities/questionnaire-content.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, now, tables } from './tables.ts';

type Changed = PublishedTranslation & { overlay: Overlay };

export function createTranslationStore(sql: Sql) {
  const newest = (): Promise<PublishedTranslation[]> => carryOut(sql, 'read-texts', NEWEST);
  const changedOf = async (overlays: readonly Overlay[]): Promise<Changed[]> => {
    const current = new Map((await newest()).map((text) => [keyOf(text), text.hash]));
    const texts = overlays.map((overlay) => {
      const hash = hashOf(overlay);
      return { questionnaireId: questionnaireId(overlay), language: overlay.language, hash, overlay };
    });
    return texts.filter((text) => current.get(keyOf(text)) !== text.hash);
  };
  return {
    /** Of each questionnaire version and language the text that was published last. @throws UnavailableError */
    newest,

    /** The texts with these hashes. @throws UnavailableError */
    contents: (hashes: readonly string[]): Promise<{ hash: string; overlay: Overlay }[]> =>
      carryOut(
        sql,
        'read-text-contents',
        tables
          .selectFrom('questionnaire_text')
          .select(['hash', 'content as overlay'])
          .where('hash', '=', anyOf(hashes, 'text')),
      ),

    /**
     * Makes these texts the newest ones.
     * @returns those that were not: `slug@version` and language
     * @throws UnavailableError
     */
    async publish(overlays: readonly Overlay[]): Promise<string[]> {
      const changed = await changedOf(overlays);
      // A few at a release. One after the other, so that a large file does not wait for all others in the memory of the server.
      for (const text of changed) await carryOut(sql, 'publish-text', published(text));
      return changed.map(keyOf);
    },

    /** The texts that are not the newest ones: `slug@version` and language. @throws UnavailableError */
    unpublished: async (overlays: readonly Overlay[]): Promise<string[]> => (await changedOf(overlays)).map(keyOf),
  };
}

const keyOf = ({ questionnaireId: id, language }: PublishedTranslation): string => `${id} ${language}`;

const NEWEST = tables
  .selectFrom('questionnaire_text')
  .distinctOn(['questionnaire_id', 'language'])
  .select(['questionnaire_id as questionnaireId', 'language', 'hash'])
  .orderBy('questionnaire_id')
  .orderBy('language')
  .orderBy('published_at', 'desc')
  .orderBy('hash');

/** A text that was published before, and then corrected, is the newest one again. */
const published = ({ questionnaireId: id, language, hash, overlay }: Changed) =>
  tables
    .insertInto('questionnaire_text')
    .values({
      questionnaire_id: id,
      language,
      hash,
      content: fragment<Overlay>`${JSON.stringify(overlay)}::json`,
      published_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['questionnaire_id', 'language', 'hash']).doUpdateSet({ published_at: now }),
    );
