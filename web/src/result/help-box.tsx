import type { HelpWordsFragment } from '../gql/graphql.ts';
import { inOwnLanguage } from '../texts/index.ts';
import { trustTexts } from '../texts/index.ts';

const { help: texts } = trustTexts;

interface HelpBoxProps {
  help: HelpWordsFragment;
  language?: string;
}

/** The operator's words for a person whose answers call for help. Calm, and first on the page. */
export const HelpBox = ({ help: { title, text, contacts, flags }, language }: HelpBoxProps) => (
  <section className="help" aria-labelledby="help" lang={language}>
    <h2 id="help">{title}</h2>
    <p>{text}</p>
    {contacts.length > 0 && (
      <ul>
        {contacts.map(({ name, detail, url }) => (
          <li key={`${name} ${url}`}>
            {url === null ? <strong>{name}</strong> : <a href={url}>{name}</a>} {detail && <span>{detail}</span>}
          </li>
        ))}
      </ul>
    )}
    {flags.length > 0 && (
      <p className="hint" {...inOwnLanguage}>
        {texts.because(flags)}
      </p>
    )}
  </section>
);
