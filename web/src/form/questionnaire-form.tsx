import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { ConfirmButton } from '../confirm-button.tsx';
import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';
import { inLanguage, inOwnLanguage, texts } from '../texts/index.ts';
import { PrivacyIntro, SendingNote } from '../trust/privacy-note.tsx';
import { answerToSend, type Answer } from './answers.ts';
import { bring } from './bring-next.ts';
import type { Progress } from './check.ts';
import { useDocumentLanguage } from './document-language.ts';
import { hasDigitKeys, isRow, LISTED_OPTIONS_MAX } from './digit-keys.ts';
import { ProblemSummary, Refusal } from './form-messages.tsx';
import type { Place } from './issues.ts';
import { Matrix } from './matrix.tsx';
import { firstControl, QuestionBox } from './question.tsx';
import { questionsOf, type Question, type Questionnaire, type ShownPage } from './questionnaire.ts';
import { useFormFlow, type FormAddress, type FormFlow } from './use-form-flow.ts';

interface QuestionnaireFormProps extends FormAddress {
  questionnaire: Questionnaire;
  /** The answers were removed by their person. */
  onStartOver: () => void;
}

/** A questionnaire, page by page. */
export const QuestionnaireForm = ({ questionnaire, onStartOver, ...address }: QuestionnaireFormProps) => {
  const { language, title, description } = questionnaire;
  const flow = useFormFlow(questionnaire, address, onStartOver);
  useDocumentLanguage(language);
  const { pages, index, problems } = flow;
  const shown = pages[index];
  const questions = shown?.items.flatMap(questionsOf) ?? [];
  const place = texts.form.title(index + 1, pages.length, shown?.title ?? '', title);
  const isWrong = questions.some(({ key }) => problems[key] !== undefined);
  return (
    <>
      <PageHeading title={isWrong ? texts.form.errorTitle(place) : place} language={language}>
        {title}
      </PageHeading>
      {shown && !flow.isSealed && (
        <>
          {questionnaire.withdrawn && (
            <p className="notice notice-problem" {...inOwnLanguage}>
              {texts.form.withdrawn}
            </p>
          )}
          {index === 0 && (
            <details className="about-form">
              <summary {...inOwnLanguage}>{texts.intro.about}</summary>
              <p {...inLanguage(language)}>{description}</p>
              <PrivacyIntro />
            </details>
          )}
          <FormOfPage flow={flow} page={shown} questions={questions} language={language} />
        </>
      )}
      {flow.isSealed && (
        <p {...inOwnLanguage}>
          <Link href={paths.start}>{texts.backToStart}</Link>
        </p>
      )}
    </>
  );
};

interface FormOfPageProps {
  flow: FormFlow;
  page: ShownPage;
  questions: readonly Question[];
  language: string;
}

const FormOfPage = ({ flow, page, questions, language }: FormOfPageProps) => {
  const { pages, index, problems, answers } = flow;
  const form = useRef<HTMLFormElement>(null);
  useFormFocus(form, page.index, flow.jump);
  const { onAnswer, onPointerDown, onKeyDown } = useAdvance(form, questions, flow);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only learns how the person answers
    <form
      ref={form}
      noValidate
      {...inLanguage(language)}
      onPointerDownCapture={onPointerDown}
      onKeyDownCapture={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        flow.goOn();
      }}
    >
      <ProgressBar progress={flow.progress} isSaved={flow.isSaved && Object.keys(answers).length > 0} />
      <div role="status" {...inOwnLanguage}>
        {!flow.isSaved && <p className="notice notice-problem">{texts.form.notSaved}</p>}
        {flow.isGone && <p className="notice">{texts.form.gone}</p>}
      </div>
      <p className="hint page-number" {...inOwnLanguage}>
        {texts.form.pageOf(index + 1, pages.length)}
      </p>
      <h2 tabIndex={-1} {...inLanguage(language)}>
        {page.title}
      </h2>
      {page.description && <p {...inLanguage(language)}>{page.description}</p>}
      <PageHint questions={questions} />
      <ProblemSummary problems={problems} questions={questions} language={language} onJump={flow.jumpTo} />
      {page.items.map((item) =>
        item.__typename === 'MatrixItem' ? (
          <Matrix
            key={`matrix ${item.key}`}
            matrix={item}
            language={language}
            answers={answers}
            problems={problems}
            onAnswer={onAnswer}
          />
        ) : (
          <QuestionBox
            key={item.key}
            question={item}
            language={language}
            answer={answers[item.key]}
            problem={problems[item.key]}
            onAnswer={onAnswer}
          />
        ),
      )}
      <Refusal refusal={flow.refusal} onSendAsNew={flow.sendAsNew} />
      {index === pages.length - 1 && <SendingNote />}
      <div className="form-buttons" {...inOwnLanguage}>
        {/* Not disabled while sending, otherwise the focus would be lost. */}
        <button type="submit" aria-disabled={flow.sending}>
          {index < pages.length - 1 ? texts.form.next : flow.sending ? texts.form.sending : texts.form.send}
        </button>
        {index > 0 && (
          <button type="button" className="button-quiet" onClick={flow.goBack}>
            {texts.form.back}
          </button>
        )}
        {Object.keys(answers).length > 0 && !flow.sending && (
          <ConfirmButton words={texts.startOver} onYes={flow.startOver} />
        )}
      </div>
    </form>
  );
};

const ProgressBar = ({ progress: { answered, of }, isSaved }: { progress: Progress; isSaved: boolean }) => (
  <div className="progress" {...inOwnLanguage}>
    <label htmlFor="form-progress">{texts.form.answered(answered, of)}</label>
    <progress id="form-progress" max={Math.max(1, of)} value={answered} />
    <span className={isSaved ? 'saved' : 'saved concealed'}>{texts.form.saved}</span>
  </div>
);

const PageHint = ({ questions }: { questions: readonly Question[] }) => (
  <p className="hint" {...inOwnLanguage}>
    {questions.every(({ required }) => required) ? texts.form.allRequired : texts.form.mostRequired}
    {questions.every(hasDigitKeys) && <span className="keyboard-hint"> {texts.form.keyboard}</span>}
  </p>
);

/** Whether an answer by a single tap is a whole one, after which the next question can come. */
const isOneTap = (question: Question, answer: Answer | undefined): boolean => {
  if (answer === undefined || typeof answer === 'object') return false;
  if (question.__typename === 'ScaleItem') return isRow(question);
  return (
    question.__typename === 'YesNoItem' ||
    (question.__typename === 'ChoiceItem' && question.options.length <= LISTED_OPTIONS_MAX)
  );
};

/** After a tap the next open question comes to the eye; not after the correction of an earlier answer, and not for keys. */
const useAdvance = (
  form: RefObject<HTMLFormElement | null>,
  questions: readonly Question[],
  { answers, answer }: FormFlow,
) => {
  const isPointer = useRef(false);
  const answered = useRef<string>(undefined);
  useEffect(() => {
    const place = questions.findIndex(({ key }) => key === answered.current);
    answered.current = undefined;
    if (place === -1) return;
    const next = questions.slice(place + 1).find(({ key }) => answerToSend(answers[key]) === undefined);
    const element = next && form.current?.querySelector(`[data-question="${CSS.escape(next.key)}"]`);
    if (element) bring(element);
  }, [form, questions, answers]);
  return {
    onPointerDown: () => {
      isPointer.current = true;
    },
    onKeyDown: () => {
      isPointer.current = false;
    },
    onAnswer: (name: string, value: Answer | undefined) => {
      const question = questions.find(({ key }) => key === name);
      const isFirst = answers[name] === undefined;
      if (question && isFirst && isPointer.current && isOneTap(question, value)) answered.current = name;
      answer(name, value);
    },
  };
};

/** Moves the focus: to the question of a jump, or to the heading of a new page. */
const useFormFocus = (form: RefObject<HTMLFormElement | null>, index: number, jump: Place | undefined) => {
  const shown = useRef({ index, jump });
  // Before the paint: otherwise a key that is pressed as soon as the page is seen would go to the button of the page before.
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { index, jump };
    if (jump && jump !== before.jump) {
      const question = form.current?.querySelector(`[data-question="${CSS.escape(jump.name)}"]`);
      question?.scrollIntoView({ block: 'center' });
      if (question) firstControl(question)?.focus({ preventScroll: true });
    } else if (index !== before.index) {
      form.current?.querySelector<HTMLElement>('h2')?.focus();
    }
  }, [form, index, jump]);
};
