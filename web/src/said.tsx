import type { Words } from './texts/server-words.ts';

/** Words for a person, of the page or of the server. */
export const Said = ({ words }: { words: Words }) =>
  typeof words === 'string' ? (
    words
  ) : (
    <span lang="en" dir="ltr">
      {words.english}
    </span>
  );
