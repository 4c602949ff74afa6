import { errorText } from '../api/errors.ts';
import type { SessionKeeper, SessionState } from '../api/session.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { Skeleton } from '../loading.tsx';
import { PageHeading } from '../page-heading.tsx';
import { Problem } from '../problem.tsx';
import { HelpBox } from '../result/help-box.tsx';
import { footerTexts, trustTexts } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { LeaveButton, useEnding } from '../trust/ending-buttons.tsx';
import { useOperatorTexts } from '../trust/operator-texts.ts';
import { GonePage } from './gone-page.tsx';
import '../result/result.css';

const { page: texts } = trustTexts;

interface AboutPageProps {
  session: SessionKeeper;
  state: SessionState;
}

/** How it works, the operator's words, and the ways to leave and to delete. It needs no session to be read. */
export const AboutPage = ({ session, state }: AboutPageProps) =>
  state.phase === 'gone' ? (
    <GonePage assessments={state.assessments} />
  ) : (
    <Explanations session={session} hasSession={state.phase === 'ready'} />
  );

const Explanations = ({ session, hasSession }: { session: SessionKeeper; hasSession: boolean }) => (
  <>
    <PageHeading>{footerTexts.about}</PageHeading>
    <h2>{texts.how}</h2>
    <ol className="how">
      {texts.steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
    <OperatorWords />
    <h2>{texts.leaveHeading}</h2>
    <p>{texts.leave}</p>
    {hasSession && <LeaveButton session={session} />}
    <h2>{texts.deleteHeading}</h2>
    <p>{texts.delete}</p>
    {hasSession && <DeleteAllButton session={session} />}
  </>
);

const OperatorWords = () => {
  const { words, error, reload } = useOperatorTexts();
  if (!words) return error ? <Problem message={errorText(error)} onRetry={reload} /> : <Skeleton />;
  const { language, help, privacy, contact } = words;
  return (
    <div lang={language}>
      <h2>{privacy.title}</h2>
      {privacy.text.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <HelpBox help={help} />
      <h2>{contact.title}</h2>
      <p>
        {contact.text}{' '}
        {contact.url !== null && <a href={contact.url}>{contact.url.replace(/^(https:\/\/|tel:)/, '')}</a>}
      </p>
    </div>
  );
};

const DeleteAllButton = ({ session }: { session: SessionKeeper }) => {
  const { run, ...state } = useEnding(session.deleteAll);
  return <ConfirmButton words={resultTexts.actions.deleteAll} {...state} onYes={() => void run()} />;
};
