export interface Help {
  title: string;
  text: string;
  contacts: readonly { name: string; detail: string; url: string | null }[];
}

/** The operator's words for a person whose answers call for help. Calm, and first on the page. */
export const HelpBox = ({ help: { title, text, contacts } }: { help: Help }) => (
  <section className="help" aria-labelledby="help">
    <h2 id="help">{title}</h2>
    <p>{text}</p>
    {contacts.length > 0 && (
      <ul>
        {contacts.map(({ name, detail, url }) => (
          <li key={`${name} ${detail}`}>
            {url === null ? <strong>{name}</strong> : <a href={url}>{name}</a>} <span>{detail}</span>
          </li>
        ))}
      </ul>
    )}
  </section>
);
