import { useEffect, useMemo, useState } from 'react';
import { useSessionId } from '../api/session-id.ts';
import { hasMoved, navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { useStore } from '../store.ts';
import type { Answer, Answers } from './answers.ts';
import { answersToSend, findProblems, firstOpenPage, progressOf, type Problems, type Progress } from './check.ts';
import { firstProblem, sortIssues, type Place } from './issues.ts';
import { questionsOf, shownPages, shownQuestions, type Questionnaire, type ShownPage } from './questionnaire.ts';
import { sealedForms } from './sealed-forms.ts';
import type { Outcome } from './submission.ts';
import { useDraft } from './use-draft.ts';
import { useSubmission } from './use-submission.ts';

export interface FormFlow {
  /** The pages that have something to show for these answers. */
  pages: readonly ShownPage[];
  /** The place of the page on screen among them, from 0. */
  index: number;
  answers: Answers;
  progress: Progress;
  problems: Problems;
  refusal: Outcome | undefined;
  /** The question to move the focus to; a new object for each jump. */
  jump: Place | undefined;
  sending: boolean;
  /** The form was sent offline, and waits. */
  isSealed: boolean;
  isSaved: boolean;
  isGone: boolean;
  /** Undefined takes an answer back. */
  answer: (name: string, answer: Answer | undefined) => void;
  /** Opens the next page, or sends the form from the last page, if there are no problems. */
  goOn: () => void;
  goBack: () => void;
  jumpTo: (name: string) => void;
  sendAsNew: () => void;
  startOver: () => void;
}

/** `from`: the assessment whose answers the form began with. `page`: from 1, among all pages of the questionnaire. */
export interface FormAddress {
  page: number | undefined;
  from: string | undefined;
}

/** The state of a form across its pages. A page is checked before the next one opens, all of them before sending. */
export const useFormFlow = (
  questionnaire: Questionnaire,
  { page, from }: FormAddress,
  onStartOver: () => void,
): FormFlow => {
  const { slug, version, language, title } = questionnaire;
  const session = useSessionId();
  const progressIn = (answers: Answers) =>
    progressOf(shownQuestions(shownPages(questionnaire.pages, answers)), answers);
  const editor = useDraft({ session, slug, version, from }, progressIn);
  const { answers, idempotencyKey } = editor.draft;
  const pages = useMemo(() => shownPages(questionnaire.pages, answers), [questionnaire, answers]);
  const goTo = (to: number) => navigate(paths.take(slug, { page: to + 1, from }));
  const index = useIndex(pages, answers, page, (to) => paths.take(slug, { page: to + 1, from }));
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState<Outcome>();
  const [jump, setJump] = useState<Place>();
  const [sealedKey, setSealedKey] = useState<string>();
  const waiting = useStore(sealedForms);

  /** Shows problems and jumps to the first. True if there are none. */
  const showProblems = (found: Problems): boolean => {
    setProblems(found);
    const place = firstProblem(pages, found);
    setJump(place);
    if (place) goTo(place.page);
    return place === undefined;
  };

  const seal = (key: string) => {
    const progress = progressIn(answers);
    const sent = answersToSend(questionnaire.pages, answers);
    sealedForms.seal({ slug, version, language, title, from, answers: sent, progress, idempotencyKey: key });
    setSealedKey(key);
    editor.drop();
  };

  const onOutcome = (outcome: Outcome, isGone: boolean) => {
    if (outcome.kind === 'accepted') {
      editor.drop();
      if (!isGone) navigate(paths.assessment(outcome.assessmentId), { replace: true });
      return;
    }
    if (outcome.kind === 'unreachable' && !navigator.onLine) return seal(idempotencyKey);
    if (outcome.kind !== 'invalid') return setRefusal(outcome);
    const sorted = sortIssues(outcome.issues, pages);
    const [message] = sorted.general;
    const isShown = !showProblems(sorted.problems);
    if (message || !isShown) setRefusal({ kind: 'refused', message: message ?? outcome.message });
  };
  const { sending, submit } = useSubmission(onOutcome);

  const send = (key: string) => {
    setRefusal(undefined);
    if (!showProblems(findProblems(shownQuestions(pages), answers))) return;
    if (!navigator.onLine) return seal(key);
    const sent = answersToSend(questionnaire.pages, answers);
    void submit({
      questionnaire: slug,
      questionnaireVersion: version,
      language,
      answers: sent,
      idempotencyKey: key,
      watch: true,
    });
  };

  const goOn = () => {
    const [shown, next] = [pages[index], pages[index + 1]];
    if (!shown || !next) return send(idempotencyKey);
    setRefusal(undefined);
    if (showProblems(findProblems(shown.items.flatMap(questionsOf), answers))) goTo(next.index);
  };

  return {
    pages,
    index,
    answers,
    progress: progressIn(answers),
    problems,
    refusal,
    jump,
    sending,
    isSealed: waiting.some((form) => form.idempotencyKey === sealedKey),
    isSaved: editor.isSaved,
    isGone: editor.isGone,
    answer: (name, value) => {
      editor.answer(name, value);
      setProblems(({ [name]: _mended, ...others }) => others);
    },
    goOn,
    goBack: () => {
      const before = pages[index - 1];
      if (before) goTo(before.index);
    },
    jumpTo: (name) => {
      const shown = pages[index];
      if (shown) setJump({ page: shown.index, name });
    },
    sendAsNew: () => send(editor.renewKey()),
    startOver: () => {
      editor.drop();
      setProblems({});
      setRefusal(undefined);
      const first = pages[0];
      if (first) goTo(first.index);
      onStartOver();
    },
  };
};

/** The page of the address, among those that are shown; without one, the first page with something left to answer. */
const useIndex = (
  pages: readonly ShownPage[],
  answers: Answers,
  page: number | undefined,
  pathOf: (index: number) => string,
): number => {
  const [openPage] = useState(() => pages[firstOpenPage(pages, answers)]?.index ?? 0);
  // Back from a result leads to a form without answers, whose later pages make no sense.
  const [isBack] = useState(() => hasMoved() && Object.keys(answers).length === 0 && (page ?? 1) > 1);
  const path = pathOf(openPage);
  const hasNoPage = page === undefined;
  useEffect(() => {
    // The address names the page, otherwise a reload could open another one.
    if (hasNoPage) history.replaceState(null, '', path);
  }, [hasNoPage, path]);
  useEffect(() => {
    if (isBack) navigate(path, { replace: true });
  }, [isBack, path]);
  const shown = hasNoPage ? openPage : page - 1;
  const found = pages.findIndex((each) => each.index >= shown);
  return found === -1 ? Math.max(0, pages.length - 1) : found;
};
