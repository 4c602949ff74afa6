import { Link } from '../navigation.tsx';
import { paths } from '../routes.ts';
import { inOwnLanguage } from '../texts/index.ts';
import { footerTexts } from '../texts/index.ts';
import { trustTexts as texts } from '../texts/index.ts';
import { useOperatorTexts } from './operator-texts.ts';

/** Before the first question: who gets the answers, what for and for how long. */
export const PrivacyIntro = () => {
  const { words, isLoading } = useOperatorTexts();
  return (
    <section className={isLoading ? 'trust trust-loading' : 'trust'} aria-labelledby="privacy-intro" {...inOwnLanguage}>
      <p id="privacy-intro" className="trust-title">
        {texts.intro.heading}
      </p>
      {words && <p lang={words.language}>{words.privacy.text[0]}</p>}
      <p>
        {texts.intro.deletion} <Link href={paths.about}>{footerTexts.about}</Link>
      </p>
    </section>
  );
};

/** Beside the button that sends the answers. */
export const SendingNote = () => (
  <p className="hint" {...inOwnLanguage}>
    {texts.intro.sending} <Link href={paths.about}>{footerTexts.about}</Link>
  </p>
);
