import type { Assessment } from '../api/use-assessment.ts';

/** The file that a person keeps of an assessment, for programs. */
export const exported = (assessment: Assessment): string => {
  const { id, status, submittedAt, endedAt, answers, scores, result, failure, questionnaire } = assessment;
  const { slug, version, language, title } = questionnaire;
  const whole = {
    id,
    questionnaire: { slug, version, language, title },
    status,
    submittedAt,
    endedAt,
    answers,
    scores,
    result,
    failure,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
};

/** The slug and the day of the submission, such as `wellbeing-check-2026-11-30.json`. */
export const fileName = ({ questionnaire: { slug }, submittedAt }: Assessment): string =>
  `${slug}-${submittedAt.slice(0, 10)}.json`;

export const download = (assessment: Assessment): void => {
  const url = URL.createObjectURL(new Blob([exported(assessment)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(assessment);
  link.click();
  URL.revokeObjectURL(url);
};
