import { useQuery } from 'urql';
import { errorCode, errorText, isAbsent, requestIdOf } from '../api/errors.ts';
import { FailedPage } from '../failed-page.tsx';
import { graphql } from '../gql/index.ts';
import { Loading } from '../loading.tsx';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { questionsOf } from '../result/answer-words.ts';
import { paths } from '../routes.ts';
import { inLanguage } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { ElsewherePage } from './elsewhere-page.tsx';
import { MissingPage } from './missing-page.tsx';
import '../result/result.css';
import '../result/print.css';

const { answers: texts } = resultTexts;

const AnswersOfAssessment = graphql(`
  query Answers($id: ID!) {
    assessment(id: $id) {
      id
      answers
      questionnaire {
        id
        language
        title
        pages {
          title
          items {
            ...AnsweredItem
          }
        }
      }
    }
  }
`);

/** The answers of one assessment, in the order and the words of the form. */
export const AnswersPage = ({ id }: { id: string }) => {
  const [found, reload] = useQuery({ query: AnswersOfAssessment, variables: { id } });
  const { data, error } = found;
  if (errorCode(error) === 'BAD_USER_INPUT') return <MissingPage>{resultTexts.unknown}</MissingPage>;
  if (isAbsent(found, 'assessment')) return <ElsewherePage />;
  if (!data?.assessment && error)
    return <FailedPage message={errorText(error)} requestId={requestIdOf(error)} onRetry={() => reload()} />;
  if (!data?.assessment) return <Loading />;
  const { questionnaire, answers } = data.assessment;
  const { language, title, pages } = questionnaire;
  return (
    <>
      <PageHeading title={resultTexts.titles.answers(title)}>{texts.heading}</PageHeading>
      <p {...inLanguage(language)}>{title}</p>
      <p className="screen-only">
        <Link href={paths.assessment(id)}>{texts.toResult}</Link>
      </p>
      {pages.map((page) => {
        const questions = page.items.flatMap((item) => questionsOf(item, answers));
        // A title may repeat, so the first question names the page.
        return (
          <section key={page.items[0]?.key ?? page.title} className="answered-page">
            <h2 {...inLanguage(language)}>{page.title}</h2>
            <dl className="answers">
              {questions.map(({ key, question, answer, isOfPage }) => (
                <div key={key}>
                  <dt {...inLanguage(language)}>{question}</dt>
                  <dd
                    className={answer === undefined ? 'soft' : 'model-text'}
                    {...(isOfPage ? {} : { lang: language, dir: 'auto' })}
                  >
                    {answer ?? texts.none}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </>
  );
};
