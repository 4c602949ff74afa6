import { isJsonObject } from '../../json-object.ts';

/** A response of a provider that is no completion, as it came. */
export type Refused = { status: number; headers: Headers; body: unknown };

/** The fields of a refusal that programs read. Its sentences are left out: providers quote their input in them. */
export type Refusal = {
  /** Of the response, or of the error within a 200 or a stream; undefined if neither has one. */
  status: number | undefined;
  /** All codes, types and reasons, in lower case. */
  codes: ReadonlySet<string>;
  /** The most exact of them that is an identifier, as the provider writes it. */
  code: string | null;
  /** The part of the request that it refuses, if it is one that requests have. */
  param: string | null;
  /** The provider's id of the request. */
  requestId: string | null;
  /** The part that it refuses, or else all parts of a request that occur in it. */
  names: readonly string[];
  /** How long it asks to wait, if the body says so, in milliseconds. */
  retryDelayMs: number | undefined;
};

/** Parts of requests that providers refuse. */
const PARTS = [
  'max_completion_tokens',
  'max_tokens',
  'stream_options',
  'stream',
  'minItems',
  'maxItems',
  'additionalProperties',
  'json_schema',
  'response_format',
  'temperature',
  'seed',
  'reasoning_effort',
  'model',
  'messages',
];
/** The most exact ones come first. */
const CODE_FIELDS = ['code', 'error_code', 'reason', 'quotaId', 'error_type', 'type', 'status'];
const PARAM_FIELDS = new Set(['param', 'parameter', 'loc']);
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'apim-request-id', 'x-goog-request-id', 'cf-ray'];
const IDENTIFIER = /^[A-Za-z][\w.-]{1,63}$/;
const REQUEST_ID = /^[\w.:/+=-]{4,100}$/;
/** A body beyond them is not read further, however wide or deep. */
const FIELDS_MAX = 200;
const CHARACTERS_MAX = 64 * 1024;

/** Reads the refusal of any server: an object, a list, with `error` as an object, a list or a text, or without it. */
export function readRefusal({ status, headers, body }: Omit<Refused, 'status'> & { status?: number }): Refusal {
  const values = [...fieldsOf(body)];
  const codes = CODE_FIELDS.flatMap((field) =>
    values.flatMap(({ name, value }) => (name === field ? (identifierOf(value) ?? []) : [])),
  );
  const params = values.flatMap(({ name, value }) => (PARAM_FIELDS.has(name) ? [value] : []));
  const param = params.find((one): one is string => typeof one === 'string' && PARTS.includes(one)) ?? null;
  // Moderation: OpenRouter says what it has flagged, and why.
  if (values.some(({ name }) => name === 'flagged_input')) codes.push('flagged_input');
  return {
    status: status ?? statusIn(values),
    codes: new Set(codes.map((code) => code.toLowerCase())),
    code: codes.find((code) => IDENTIFIER.test(code)) ?? null,
    param,
    requestId: REQUEST_ID_HEADERS.map((name) => headers.get(name)).find((id) => id && REQUEST_ID.test(id)) ?? null,
    names: param === null ? namesIn(values) : [param],
    retryDelayMs: secondsIn(values.find(({ name }) => name === 'retryDelay')?.value),
  };
}

type Field = { name: string; value: unknown };

/** All members of the objects in a value, from the outside to the inside. */
function* fieldsOf(body: unknown): Generator<Field> {
  let level: Field[] = [{ name: '', value: body }];
  let count = 0;
  while (level.length > 0) {
    const next: Field[] = [];
    for (const field of level) {
      if (++count > FIELDS_MAX) return;
      yield field;
      const { name, value } = field;
      if (Array.isArray(value))
        next.push(...value.slice(0, FIELDS_MAX).map((member: unknown) => ({ name, value: member })));
      else if (isJsonObject(value))
        next.push(
          ...Object.entries(value)
            .slice(0, FIELDS_MAX)
            .map(([key, member]) => ({ name: key, value: member })),
        );
    }
    level = next;
  }
}

const identifierOf = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && (IDENTIFIER.test(text) || /^\d{3,6}$/.test(text)) ? text : undefined;
};

/** The HTTP status in an error without one, such as `{"code": 429}`. */
function statusIn(fields: readonly Field[]): number | undefined {
  const numbers = fields.filter(({ name }) => name === 'code' || name === 'status').map(({ value }) => Number(value));
  return numbers.find((number) => Number.isInteger(number) && number >= 400 && number < 600);
}

function namesIn(fields: readonly Field[]): string[] {
  let text = '';
  for (const { name, value } of fields) {
    text += `${name} ${typeof value === 'string' ? value : ''}`.slice(0, CHARACTERS_MAX) + '\n';
    if (text.length > CHARACTERS_MAX) break;
  }
  return PARTS.filter((part) => new RegExp(`(?<![A-Za-z_])${part}(?![A-Za-z_])`).test(text));
}

/** Google's duration: seconds with a fraction, and an `s`. */
function secondsIn(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,7}(?:\.\d{1,9})?s$/.test(value)
    ? Number.parseFloat(value) * 1_000
    : undefined;
}
