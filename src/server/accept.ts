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
  for (const entry of (header ?? '*/*').toLowerCase().split(',')) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter) || /^charset=(?!"?utf-?8"?$)/.test(parameter)))
      continue;
    if (type === 'application/graphql-response+json') accepted.json ??= type;
    else if (JSON_TYPES.has(type)) accepted.json ??= 'application/json';
    if (EVENT_TYPES.has(type)) accepted.events = true;
  }
  return accepted;
}
