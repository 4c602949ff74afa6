import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';
import { inLanguage, inOwnLanguage, texts } from '../texts/index.ts';
import { PrivacyIntro } from '../trust/privacy-note.tsx';
import { useDocumentLanguage } from './document-language.ts';
import { questionsOf, type Questionnaire } from './questionnaire.ts';

/** Before the first question: what the questionnaire is, how long it takes, and who gets the answers. */
export const Intro = ({ questionnaire }: { questionnaire: Questionnaire }) => {
  const { slug, language, title, description, minutes, pages } = questionnaire;
  useDocumentLanguage(language);
  const count = pages.flatMap(({ items }) => items.flatMap(questionsOf)).length;
  return (
    <>
      <PageHeading language={language}>{title}</PageHeading>
      <p className="lead" {...inLanguage(language)}>
        {description}
      </p>
      <p className="hint" {...inOwnLanguage}>
        {texts.start.minutes(minutes)} · {texts.intro.questions(count)}
      </p>
      <PrivacyIntro />
      <p {...inOwnLanguage}>{texts.intro.device}</p>
      <p {...inOwnLanguage}>
        <Link className="button" href={paths.take(slug, { page: 1 })}>
          {texts.intro.begin}
        </Link>
      </p>
    </>
  );
};
