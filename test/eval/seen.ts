import type { ReplyContent } from '../../src/consumers/reply.ts';
import type { Answers, QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import type { Recommendation } from '../../src/entities/result.ts';
import type { Seen } from '../../eval/seen.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

type Given = {
  content?: QuestionnaireContent;
  answers?: Answers;
  distress?: boolean;
  canary?: string;
  end?: Seen['end'];
  /** @defaultValue the reply as JSON */
  texts?: readonly string[];
  /** Null: none fits. */
  reply?: ReplyContent | null;
};

/** A sheet and what became of it: sleep and stress are wished for, and low. */
export function seenOf({ content = wellbeing, answers = wellbeingAnswers, ...given }: Given = {}): Seen {
  const { distress = false, canary, end = 'first', reply = replyOf() } = given;
  return {
    sheet: { id: `${content.slug}/made-up`, content, answers, distress, canary },
    end,
    texts: given.texts ?? [JSON.stringify(reply)],
    reply: reply ?? undefined,
  };
}

export const GOOD: readonly Recommendation[] = [
  {
    title: 'Get up at the same time',
    rationale: 'You slept badly on most nights, and you feel hardly rested when you wake up in the morning.',
    action: 'Choose one time to get up and keep it on each day of this week.',
    area: 'sleep',
    priority: 'HIGH',
  },
  {
    title: 'End the working day on purpose',
    rationale: 'You are tense for most of the time, and it is not easy for you to switch off after work.',
    action: 'Write down three tasks for tomorrow, and then close the door of the room.',
    area: 'stress',
    priority: 'HIGH',
  },
  {
    title: 'Walk in daylight',
    rationale: 'Your energy is fair, and with a small child there is not much room for sports.',
    action: 'Take the child to the park on foot on two afternoons.',
    area: 'energy',
    priority: 'MEDIUM',
  },
];

/** A reply that keeps all rules, with changes to its recommendations by their places. */
export const replyOf = (...changes: Partial<Recommendation>[]): ReplyContent => ({
  summary: 'You sleep badly and are often tense, but you are close to the people who matter to you.',
  recommendations: GOOD.map((one, index) => ({ ...one, ...changes[index] })),
});
