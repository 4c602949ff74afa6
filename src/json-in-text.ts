/** Marks after which a model's thoughts are over. Some servers leave them in the text, also without the mark before them. */
const THOUGHT_ENDS = ['</think>', '</thinking>', '</thought>', '</reasoning>'];

/** A text of this length may still become a mark of a thought's end with the next character. */
export const thoughtEndCharactersMax = Math.max(...THOUGHT_ENDS.map((mark) => mark.length)) - 1;

/** The index after the last thought of a text; 0 without a thought. */
export function thoughtEndOf(text: string): number {
  const ends = THOUGHT_ENDS.map((mark) => {
    const at = text.lastIndexOf(mark);
    return at === -1 ? 0 : at + mark.length;
  });
  return Math.max(...ends);
}

/** The text from the first brace to the last one; undefined without a pair. */
export function outermostOf(text: string): string | undefined {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  return from === -1 || to < from ? undefined : text.slice(from, to + 1);
}

/** Whether a text has a whole JSON object, with thoughts before it and with anything but braces around it. */
export function hasWholeObject(text: string): boolean {
  const json = outermostOf(text.slice(thoughtEndOf(text)));
  if (json === undefined) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
