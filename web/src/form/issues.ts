import { serverWords, type Words } from '../texts/server-words.ts';
import { texts } from '../texts/index.ts';
import type { Problems } from './check.ts';
import { questionsOf, type Page } from './questionnaire.ts';

/** As in the schema's `AnswerIssue`: `path` is a JSON pointer into the answers. */
export interface Issue {
  path: string;
  rule: string;
  message: string;
}

export interface SortedIssues {
  problems: Problems;
  /** Messages that belong to no question on screen. */
  general: Words[];
}

/** Assigns the server's issues to the questions. Of several issues of a question the first is shown. */
export const sortIssues = (issues: readonly Issue[], pages: readonly FormPart[]): SortedIssues => {
  const names = new Set(pages.flatMap(namesOf));
  const problems: Record<string, Words> = {};
  const general = new Map<string, Words>();
  for (const { path, rule, message } of issues) {
    const words = texts.server.issues[rule] ?? serverWords(message);
    const name = questionOf(path);
    if (name === undefined || !names.has(name)) general.set(message, words);
    else problems[name] ??= words;
  }
  return { problems, general: [...general.values()] };
};

/** The question of a JSON pointer: `/wishes/1` → `wishes`. Undefined for the pointer to all answers. */
export const questionOf = (pointer: string): string | undefined =>
  pointer.startsWith('/') ? pointer.split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~') : undefined;

/** `page`: among all pages of the questionnaire, from 0. */
export interface Place {
  page: number;
  name: string;
}

/** The first question, in the order on screen, that has a problem. */
export const firstProblem = (
  pages: readonly (FormPart & { index: number })[],
  problems: Problems,
): Place | undefined => {
  for (const page of pages) {
    const name = namesOf(page).find((each) => problems[each] !== undefined);
    if (name !== undefined) return { page: page.index, name };
  }
  return undefined;
};

type FormPart = Pick<Page, 'items'>;

const namesOf = ({ items }: FormPart): string[] => items.flatMap(questionsOf).map(({ key }) => key);
