import type { Assessment } from '../api/use-assessment.ts';
import { inLanguage } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';

const { about: texts } = resultTexts;

/** The origin of the numbers and the texts, and their limits. */
export const About = ({ assessment: { result, questionnaire } }: { assessment: Assessment }) => (
  <section className="about" aria-labelledby="about">
    <h2 id="about">{texts.heading}</h2>
    <p>{texts.noDiagnosis}</p>
    <p>{texts.numbers}</p>
    {result && <p>{texts.model(result.model, result.promptVersion)}</p>}
    <p>
      <span {...inLanguage(questionnaire.language)}>{questionnaire.title}</span>, {texts.version(questionnaire.version)}
    </p>
  </section>
);
