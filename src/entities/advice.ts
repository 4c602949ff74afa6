import { adviceWords } from './advice-words.ts';
import { choicesOf } from './question.ts';
import { adviceOf } from './questionnaire-content.ts';
import type { Area, Level, QuestionnaireContent } from './questionnaire-content.ts';
import type { Priority, Recommendation } from './result.ts';
import { valueOfItem } from './scoring.ts';
import type { Score } from './scoring.ts';

/** One answer, with the label of the chosen option. */
export type AnsweredQuestion = { id: string; question: string; answer: unknown; label?: string | undefined };

// Few: a person acts on three things rather than on ten.
const recommendationsMin = 3;
const recommendationsMax = 5;

/**
 * A result by rule from the questionnaire's own advice: first the areas that the person wishes to change (an answer that
 * names an area), then the areas with the greatest need, from different parents where possible. Free text is ignored.
 */
export function advise(content: QuestionnaireContent, scores: readonly Score[], answered: readonly AnsweredQuestion[]) {
  const known = scores.filter(isKnown);
  const chosen = choose(candidatesOf(content, known, wishesOf(content, answered)));
  const recommendations = chosen.map((candidate) => recommendationOf(candidate, content, answered));
  return {
    summary: summaryOf(content, known, chosen),
    recommendations: recommendations.length > 0 ? recommendations : [adviceWords(content.language).nothingToGoBy],
  };
}

/** A score of enough answers. */
type KnownScore = Score & { value: number; raw: number; level: Level };

const isKnown = (score: Score): score is KnownScore =>
  score.value !== null && score.raw !== null && score.level !== null;

/** The areas that were chosen as an answer, each with the title of that choice. */
function wishesOf(content: QuestionnaireContent, answered: readonly AnsweredQuestion[]): Map<string, string> {
  const areas = new Set<string | number>(content.scoring.areas.map((area) => area.id));
  const chosen = answered.flatMap(({ id, answer }) => {
    const question = content.schema.properties[id];
    const values: unknown[] = Array.isArray(answer) ? answer : [answer];
    return (question ? choicesOf(question) : []).filter((choice) => values.includes(choice.const));
  });
  return new Map(
    chosen.filter((choice) => areas.has(choice.const)).map((choice) => [String(choice.const), choice.title]),
  );
}

type Candidate = {
  area: Area;
  score: KnownScore;
  wish: string | undefined;
  need: number;
  attention: 'least' | 'some' | 'most';
};

/** Areas with advice, without parents of areas with advice; the most important first. */
function candidatesOf(
  content: QuestionnaireContent,
  scores: readonly KnownScore[],
  wishes: Map<string, string>,
): Candidate[] {
  const areas = new Map(content.scoring.areas.map((area) => [area.id, area]));
  const advised = scores.filter((score) => adviceOf(content, score.area, score.level));
  const parents = new Set(advised.map((score) => score.parent));
  return advised
    .filter((score) => !parents.has(score.area))
    .flatMap((score) => {
      const area = areas.get(score.area);
      return area ? [{ area, score, wish: wishes.get(area.id), ...attentionOf(area, score) }] : [];
    })
    .toSorted((a, b) => Number(isWished(b)) - Number(isWished(a)) || b.need - a.need);
}

const isWished = ({ wish }: Candidate): boolean => wish !== undefined;

function attentionOf(area: Area, { value, level }: KnownScore): Pick<Candidate, 'need' | 'attention'> {
  const worst: Level = area.attention === 'high' ? 'HIGH' : 'LOW';
  const need = area.attention === 'high' ? value : 100 - value;
  return { need, attention: level === worst ? 'most' : level === 'MEDIUM' ? 'some' : 'least' };
}

function choose(candidates: Candidate[]): Candidate[] {
  const ofDifferentParents = [...Map.groupBy(candidates, ({ area }) => area.parent ?? area.id).values()].map(
    ([first]) => first,
  );
  const sorted = [...new Set([...ofDifferentParents, ...candidates])].filter((candidate) => candidate !== undefined);
  return sorted
    .slice(0, recommendationsMax)
    .filter((each, index) => index < recommendationsMin || isWished(each) || each.attention === 'most');
}

const priorities: Record<Candidate['attention'], { wished: Priority; other: Priority }> = {
  most: { wished: 'HIGH', other: 'HIGH' },
  some: { wished: 'HIGH', other: 'MEDIUM' },
  least: { wished: 'MEDIUM', other: 'LOW' },
};

function recommendationOf(
  candidate: Candidate,
  content: QuestionnaireContent,
  answered: readonly AnsweredQuestion[],
): Recommendation {
  const { area, score, wish, attention } = candidate;
  const { title = area.title, rationale = '', action = '' } = adviceOf(content, area.id, score.level) ?? {};
  const words = adviceWords(content.language);
  const reasons = [
    rationale,
    evidenceOf(candidate, content, answered),
    words.valueOfArea(area.title, shownValue(score, content)),
    wish === undefined ? '' : words.wished,
  ];
  return {
    title,
    rationale: reasons.filter((reason) => reason !== '').join(' '),
    action,
    area: area.id,
    priority: priorities[attention][wish === undefined ? 'other' : 'wished'],
  };
}

/** The value in its own unit. */
const shownValue = ({ raw, maximum, unit }: KnownScore, { language }: QuestionnaireContent): string =>
  adviceWords(language).value(raw, maximum, unit);

/** A sentence with the answer that supports the advice most. */
function evidenceOf(
  { area, score }: Candidate,
  content: QuestionnaireContent,
  answered: readonly AnsweredQuestion[],
): string {
  const answers = Object.fromEntries(answered.map(({ id, answer }) => [id, answer]));
  const side = score.value < 50 ? 1 : -1;
  const [strongest] = answered
    .flatMap(({ id, question, label }) => {
      const value = area.items?.includes(id) ? valueOfItem(area, id, content, answers) : undefined;
      return value === undefined || label === undefined ? [] : [{ question, label, order: side * value }];
    })
    .toSorted((a, b) => a.order - b.order);
  return strongest ? adviceWords(content.language).answered(strongest.question, strongest.label) : '';
}

function summaryOf(content: QuestionnaireContent, scores: readonly KnownScore[], chosen: Candidate[]): string {
  const sorted = scores.filter((score) => score.parent === null).toSorted((a, b) => b.value - a.value);
  const [highest, lowest] = [sorted[0], sorted.at(-1)];
  const wished = chosen.flatMap(({ wish }) => wish ?? []);
  const words = adviceWords(content.language);
  const shown = (score: KnownScore) => ({ area: score.title, value: shownValue(score, content) });
  const sentences = [
    highest && lowest && highest.value !== lowest.value
      ? words.extremes(content.title, shown(highest), shown(lowest))
      : words.noExtremes(content.title),
    wished.length > 0 ? words.beginWithWishes(wished) : words.begin,
    words.demo,
  ];
  return sentences.join(' ');
}
