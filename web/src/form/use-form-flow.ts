import { useEffect, useMemo, useState } from 'react';
import { navigate } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { readPages, type Answer, type Answers, type FormPage } from './fields.ts';
import { firstProblem, sortIssues, type Place } from './issues.ts';
import type { Outcome } from './submission.ts';
import { useDraft } from './use-draft.ts';
import { useSubmission } from './use-submission.ts';
import { answersToSend, findProblems, firstOpenPage, type Problems } from './validate.ts';

export interface Questionnaire {
  slug: string;
  version: number;
  language: string;
  schema: unknown;
  pages: readonly { title: string; items: readonly string[] }[];
}

export interface FormFlow {
  pages: readonly FormPage[];
  /** The page on screen, from 0. */
  index: number;
  answers: Answers;
  problems: Problems;
  refusal: Outcome | undefined;
  /** The question that the person is led to; a new object each time. */
  jump: Place | undefined;
  sending: boolean;
  answer: (name: string, answer: Answer) => void;
  /** To the next page, or from the last one to the server, if nothing is wrong. */
  goOn: () => void;
  sendAsNew: () => void;
}

/** What happens between the pages of a form: each is checked before the next, all before they are sent. */
export const useFormFlow = (questionnaire: Questionnaire, page: number | undefined): FormFlow => {
  const { slug, version } = questionnaire;
  const pages = useMemo(() => readPages(questionnaire), [questionnaire]);
  const { draft, answer, renewKey, discard } = useDraft(slug, version);
  const index = useIndex(slug, pages, draft.answers, page);
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState<Outcome>();
  const [jump, setJump] = useState<Place>();

  /** Whether there are none; else leads to the first. */
  const settle = (found: Problems): boolean => {
    setProblems(found);
    const place = firstProblem(pages, found);
    setJump(place);
    if (place) navigate(paths.take(slug, place.page + 1));
    return place === undefined;
  };

  const onOutcome = (outcome: Outcome, gone: boolean) => {
    if (outcome.kind === 'accepted') {
      discard();
      if (!gone) navigate(paths.assessment(outcome.assessmentId), { replace: true });
      return;
    }
    if (outcome.kind !== 'invalid') return setRefusal(outcome);
    const sorted = sortIssues(outcome.issues, pages);
    const message = sorted.general.join(' ');
    const isSaid = !settle(sorted.problems);
    if (message || !isSaid) setRefusal({ kind: 'refused', message: message || outcome.message });
  };
  const { sending, submit } = useSubmission(onOutcome);

  const send = (idempotencyKey: string) => {
    const fields = pages.flatMap((each) => each.fields);
    setRefusal(undefined);
    if (!settle(findProblems(fields, draft.answers))) return;
    const answers = answersToSend(fields, draft.answers);
    void submit({ questionnaire: slug, questionnaireVersion: version, answers, idempotencyKey, watch: true });
  };

  const goOn = () => {
    if (index === pages.length - 1) return send(draft.idempotencyKey);
    setRefusal(undefined);
    if (settle(findProblems(pages[index]?.fields ?? [], draft.answers))) navigate(paths.take(slug, index + 2));
  };

  return {
    pages,
    index,
    answers: draft.answers,
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

/** The page that the address names, from 0; without one, where there is something left to answer. */
const useIndex = (slug: string, pages: readonly FormPage[], answers: Answers, page: number | undefined): number => {
  const [openPage] = useState(() => firstOpenPage(pages, answers) + 1);
  useEffect(() => {
    // Names the page in the address, otherwise a reload could open another one.
    if (page === undefined) history.replaceState(null, '', paths.take(slug, openPage));
  }, [page, slug, openPage]);
  return Math.min(page ?? openPage, pages.length) - 1;
};
