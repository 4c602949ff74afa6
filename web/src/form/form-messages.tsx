import { Said } from '../said.tsx';
import { inLanguage, inOwnLanguage, texts } from '../texts/index.ts';
import type { Problems } from './check.ts';
import type { Question } from './questionnaire.ts';
import type { Outcome } from './submission.ts';

interface ProblemSummaryProps {
  problems: Problems;
  questions: readonly Question[];
  language: string;
  onJump: (name: string) => void;
}

/** How many questions need attention, with a link to each if there are several. A screen reader reads it out as it appears. */
export const ProblemSummary = ({ problems, questions, language, onJump }: ProblemSummaryProps) => {
  const wrong = questions.filter(({ key }) => problems[key] !== undefined);
  return (
    <div role="alert" {...inOwnLanguage}>
      {wrong.length > 0 && (
        <div className="notice notice-problem">
          <p>{texts.form.problems(wrong.length)}</p>
          {wrong.length > 1 && (
            <ul className="problem-links">
              {wrong.map(({ key, title }) => (
                <li key={key}>
                  <button type="button" className="link" {...inLanguage(language)} onClick={() => onJump(key)}>
                    {title}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
};

/** Why the form was not sent. */
export const Refusal = ({ refusal, onSendAsNew }: { refusal: Outcome | undefined; onSendAsNew: () => void }) => (
  <div role="alert" {...inOwnLanguage}>
    {refusal && refusal.kind !== 'accepted' && (
      <div className="notice notice-problem">
        <p>
          <Said words={refusal.message} />
        </p>
        {refusal.kind === 'conflict' && (
          <button type="button" className="button-quiet" onClick={onSendAsNew}>
            {texts.form.sendAsNew}
          </button>
        )}
      </div>
    )}
  </div>
);
