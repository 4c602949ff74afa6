import { sql as fragment } from 'kysely';
import type { ImageType } from '../../entities/questionnaire-image.ts';
import { lookUp, READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, tables } from './tables.ts';

/** An image by the SHA-256 of its bytes. */
export type StoredImage = { sha256: string; type: ImageType; bytes: Uint8Array };

/** Images in one statement, of up to 700 KB each. */
const IMAGES_MAX = 4;

/** Bytes go as base64, since the drivers of a server and of PGlite have different forms for them. */
export function createImageStore(sql: Sql) {
  return {
    /** Stores images that are not there. @throws UnavailableError */
    async store(images: readonly StoredImage[]): Promise<void> {
      const hashes = images.map(({ sha256 }) => sha256);
      const rows = await carryOut(sql, 'find-images', FOUND.where('sha256', '=', anyOf(hashes, 'text')));
      const have = new Set(rows.map(({ sha256 }) => sha256));
      for (const image of images) if (!have.has(image.sha256)) await carryOut(sql, 'store-image', stored(image));
    },

    /** Undefined if there is no such image. At most a few are read at once, since anybody can ask for them. @throws UnavailableError */
    find: lookUp<StoredImage>({
      find: async (hashes) => {
        const rows = await carryOut(sql, 'read-images', READ.where('sha256', '=', anyOf(hashes, 'text')));
        return new Map(
          rows.map(({ sha256, type, base64 }) => [sha256, { sha256, type, bytes: Buffer.from(base64, 'base64') }]),
        );
      },
      lanes: 1,
      itemsMax: IMAGES_MAX,
      patience: READ_PATIENCE,
    }),
  };
}

const FOUND = tables.selectFrom('questionnaire_image').select('sha256');
const READ = tables
  .selectFrom('questionnaire_image')
  .select((row) => ['sha256', 'type', fragment<string>`encode(${row.ref('bytes')}, 'base64')`.as('base64')]);

const stored = ({ sha256, type, bytes }: StoredImage) =>
  tables
    .insertInto('questionnaire_image')
    .values({ sha256, type, bytes: fragment`decode(${Buffer.from(bytes).toString('base64')}::text, 'base64')` })
    .onConflict((conflict) => conflict.column('sha256').doNothing());
