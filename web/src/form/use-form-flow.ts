import { useEffect, useMemo, useState } from 'react';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { readPages, type Answer, type Answers, type FormPage } from './fields.ts';
import { firstProblem, sortIssues, type Place } from './issues.ts';
import type { Outcome } from './submission.ts';
import { useSavedAnswers } from './use-saved-answers.ts';
import { useSubmission } from './use-submission.ts';
import { answersToSend, findProblems, firstOpenPage, type Problems } from './validate.ts';

export interface Questionnaire {
  slug: string;
  version: number;
  language: string;
  schema: unknown;
  pages: readonly { title: string; items: readonly { key: string }[] }[];
}

export interface FormFlow {
  pages: readonly FormPage[];
  /** The page on screen, from 0. */
  index: number;
  answers: Answers;
  problems: Problems;
  refusal: Outcome | undefined;
  /** The question to move the focus to; a new object for each jump. */
  jump: Place | undefined;
  sending: boolean;
  answer: (name: string, answer: Answer) => void;
  /** Opens the next page, or sends the form from the last page, if there are no problems. */
  goOn: () => void;
  sendAsNew: () => void;
}

/** The state of a form across its pages. A page is checked before the next one opens, all of them before sending. */
export const useFormFlow = (questionnaire: Questionnaire, page: number | undefined): FormFlow => {
  const { slug, version, language } = questionnaire;
  const pages = useMemo(() => readPages(questionnaire), [questionnaire]);
  const { saved, answer, renewKey, discard } = useSavedAnswers(slug, version);
  const index = useIndex(slug, pages, saved.answers, page);
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState<Outcome>();
  const [jump, setJump] = useState<Place>();

  /** Shows problems and jumps to the first. True if there are none. */
  const showProblems = (found: Problems): boolean => {
    setProblems(found);
    const place = firstProblem(pages, found);
    setJump(place);
    if (place) navigate(paths.take(slug, place.page + 1));
    return place === undefined;
  };

  const onOutcome = (outcome: Outcome, isGone: boolean) => {
    if (outcome.kind === 'accepted') {
      discard();
      if (!isGone) navigate(paths.assessment(outcome.assessmentId), { replace: true });
      return;
    }
    if (outcome.kind !== 'invalid') return setRefusal(outcome);
    const sorted = sortIssues(outcome.issues, pages);
    const message = sorted.general.join(' ');
    const isShown = !showProblems(sorted.problems);
    if (message || !isShown) setRefusal({ kind: 'refused', message: message || outcome.message });
  };
  const { sending, submit } = useSubmission(onOutcome);

  const send = (idempotencyKey: string) => {
    const fields = pages.flatMap((each) => each.fields);
    setRefusal(undefined);
    if (!showProblems(findProblems(fields, saved.answers))) return;
    const answers = answersToSend(fields, saved.answers);
    void submit({ questionnaire: slug, questionnaireVersion: version, language, answers, idempotencyKey, watch: true });
  };

  const goOn = () => {
    if (index === pages.length - 1) return send(saved.idempotencyKey);
    setRefusal(undefined);
    if (showProblems(findProblems(pages[index]?.fields ?? [], saved.answers))) navigate(paths.take(slug, index + 2));
  };

  return {
    pages,
    index,
    answers: saved.answers,
    problems,
    refusal,
    jump,
    sending,
    answer: (name, value) => {
      answer(name, value);
      setProblems(({ [name]: _mended, ...others }) => others);
    },
    goOn,
    sendAsNew: () => send(renewKey()),
  };
};

/** The page of the address, from 0; without one, the first page with something left to answer. */
const useIndex = (slug: string, pages: readonly FormPage[], answers: Answers, page: number | undefined): number => {
  const [openPage] = useState(() => firstOpenPage(pages, answers) + 1);
  useEffect(() => {
    // The address names the page, otherwise a reload could open another one.
    if (page === undefined) history.replaceState(null, '', paths.take(slug, openPage));
  }, [page, slug, openPage]);
  return Math.min(page ?? openPage, pages.length) - 1;
};
