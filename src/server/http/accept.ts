/** The media types that a client accepts, by its `Accept` header. */
export type Accepted = {
  /** For a single result; undefined if the client accepts no JSON. */
  json: 'application/json' | 'application/graphql-response+json' | undefined;
  /** For the events of a subscription. */
  events: boolean;
};

const JSON_TYPES = new Set(['application/json', '*/*', 'application/*']);
const EVENT_TYPES = new Set(['text/event-stream', '*/*', 'text/*']);

/** The first of the two JSON types in the header wins. A type with `q=0` is not accepted. */
export function acceptedBy(header: string | undefined): Accepted {
  const accepted: Accepted = { json: undefined, events: false };
  for (const type of typesOf(header)) {
    if (type === 'application/graphql-response+json') accepted.json ??= type;
    else if (JSON_TYPES.has(type)) accepted.json ??= 'application/json';
    if (EVENT_TYPES.has(type)) accepted.events = true;
  }
  return accepted;
}

/** Whether `text/html` is named: a browser names it when it opens an address. Wildcards do not count. */
export const acceptsHtml = (header: string | undefined): boolean => typesOf(header).includes('text/html');

/** An empty header counts as an absent one. */
const typesOf = (header: string | undefined): string[] =>
  (header?.trim() || '*/*')
    .toLowerCase()
    .split(',')
    .map((entry) => entry.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => NOT_ACCEPTED.test(parameter)))
    .map(([type = '']) => type);

const NOT_ACCEPTED = /^q=0(\.0*)?$|^charset=(?!"?utf-?8"?$)/;
