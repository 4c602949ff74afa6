import { useId } from 'react';
import { Said } from '../said.tsx';
import { inLanguage, inOwnLanguage } from '../texts/index.ts';
import type { Answers } from './answers.ts';
import { isRow } from './digit-keys.ts';
import { onQuestionKey, QuestionBox, QuestionTitle, type QuestionProps } from './question.tsx';
import type { ItemOf } from './questionnaire.ts';
import { Steps, stepsOfOptions, stepsOfScale, StepWords } from './steps.tsx';
import type { Problems } from './check.ts';

type Row = ItemOf<'MatrixItem'>['rows'][number];

interface MatrixProps extends Pick<QuestionProps, 'language' | 'onAnswer'> {
  matrix: ItemOf<'MatrixItem'>;
  answers: Answers;
  problems: Problems;
}

/** Statements with one scale: a table where there is room, otherwise a row of answers below each statement. */
export const Matrix = ({ matrix, language, answers, problems, onAnswer }: MatrixProps) => {
  const id = useId();
  const { title, hint, rows, image } = matrix;
  const rowProps = (row: Row) => ({
    question: row,
    language,
    answer: answers[row.key],
    problem: problems[row.key],
    onAnswer,
  });
  return (
    <section className="matrix" aria-labelledby={`${id}-title`} {...inLanguage(language)}>
      <h3 id={`${id}-title`}>{title}</h3>
      {hint && <p className="hint">{hint}</p>}
      {image && <img className="question-image" src={image.url} alt={image.alternativeText} loading="lazy" />}
      {rows.every(isTableRow) ? (
        <div className="matrix-table">
          <div className="matrix-head" aria-hidden="true">
            <span />
            <div className="steps">
              {rows[0] && stepsOf(rows[0]).map(({ mark, words }) => <span key={mark}>{words ?? mark}</span>)}
              {rows[0]?.canDecline && <span />}
            </div>
          </div>
          {rows.map((row) => (
            <MatrixRow key={row.key} {...rowProps(row)} />
          ))}
        </div>
      ) : (
        rows.map((row) => <QuestionBox key={row.key} {...rowProps(row)} />)
      )}
    </section>
  );
};

const isTableRow = (row: Row): boolean =>
  row.__typename === 'ScaleItem' ? isRow(row) : row.other === null && row.options.length <= TABLE_COLUMNS_MAX;

/** More would be too narrow for a finger at 320 px. */
const TABLE_COLUMNS_MAX = 10;

const stepsOf = (row: Row) => (row.__typename === 'ScaleItem' ? stepsOfScale(row) : stepsOfOptions(row.options));

const MatrixRow = ({ question, language, answer, problem, onAnswer }: QuestionProps<Row>) => {
  const id = useId();
  const { key, required, canDecline, hint } = question;
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;
  const steps = stepsOf(question);
  return (
    <fieldset
      className="question question-row"
      data-question={key}
      {...inLanguage(language)}
      role="radiogroup"
      aria-labelledby={`${id}-title`}
      aria-describedby={describedBy}
      aria-required={required}
      aria-invalid={problem !== undefined}
      onKeyDown={(event) => onQuestionKey(event, question, (value) => onAnswer(key, value))}
    >
      <div className="row-text">
        <span className="question-title" id={`${id}-title`}>
          <QuestionTitle question={question} />
        </span>
        {hint && (
          <p className="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
        {problem && (
          <p className="problem" id={`${id}-problem`} {...inOwnLanguage}>
            <Said words={problem} />
          </p>
        )}
      </div>
      <div className="row-steps">
        <Steps
          name={id}
          steps={steps}
          answer={answer}
          required={required}
          canDecline={canDecline}
          onAnswer={(value) => onAnswer(key, value)}
        />
        <StepWords steps={steps} answer={answer} />
      </div>
    </fieldset>
  );
};
