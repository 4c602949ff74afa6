/** What the caller can read, by its `Accept` header. */
export type Accepted = {
  /** For one result; undefined if it takes no JSON. */
  json: 'application/json' | 'application/graphql-response+json' | undefined;
  /** For the events of a subscription. */
  events: boolean;
};

const JSON_TYPES = new Set(['application/json', '*/*', 'application/*']);
const EVENT_TYPES = new Set(['text/event-stream', '*/*', 'text/*']);

/** The first of the two JSON types that is named wins, and what is named with `q=0` is not wanted. */
export function acceptedBy(header: string | undefined): Accepted {
  const accepted: Accepted = { json: undefined, events: false };
  for (const type of typesOf(header)) {
    if (type === 'application/graphql-response+json') accepted.json ??= type;
    else if (JSON_TYPES.has(type)) accepted.json ??= 'application/json';
    if (EVENT_TYPES.has(type)) accepted.events = true;
  }
  return accepted;
}

/** Named as such: what takes anything is no browser that was led to an address. */
export const acceptsHtml = (header: string | undefined): boolean => typesOf(header).includes('text/html');

/** An empty header says as little as none. */
const typesOf = (header: string | undefined): string[] =>
  (header?.trim() || '*/*')
    .toLowerCase()
    .split(',')
    .map((entry) => entry.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => UNWANTED.test(parameter)))
    .map(([type = '']) => type);

const UNWANTED = /^q=0(\.0*)?$|^charset=(?!"?utf-?8"?$)/;
