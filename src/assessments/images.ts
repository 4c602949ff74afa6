import { LRUCache } from 'lru-cache';
import type { ImageStore, StoredImage } from '../adapters/database.ts';
import type { Questionnaires } from './questionnaires.ts';

export type Images = ReturnType<typeof createImages>;

/** Some 60 of the largest images. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024;

/**
 * The images of questions. Those that were asked for last are in memory. Only the images of published versions are read:
 * anybody can ask for any hash, without a session.
 */
export function createImages(store: Pick<ImageStore, 'find'>, questionnaires: Pick<Questionnaires, 'hasImage'>) {
  const kept = new LRUCache<string, StoredImage>({
    maxSize: KEPT_BYTES_MAX,
    sizeCalculation: ({ bytes }) => bytes.length,
  });
  return {
    /** @returns undefined if there is no such image. @throws UnavailableError */
    async find(sha256: string): Promise<StoredImage | undefined> {
      const known = kept.get(sha256);
      if (known !== undefined) return known;
      if (!(await questionnaires.hasImage(sha256))) return undefined;
      const image = await store.find(sha256);
      if (image !== undefined) kept.set(sha256, image);
      return image;
    },
  };
}
