import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino, type DestinationStream } from 'pino';
import { OwnError } from './own-error.ts';

/** The text is required: without one, pino would log the message of the error among the fields. */
type Write = { (text: string): void; (fields: Record<string, unknown>, text: string): void };
export type Log = Record<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace', Write> & {
  level: string;
  child(fields: Record<string, unknown>): Log;
};

/**
 * Structured logs on standard output, one JSON object a line. Only ids, codes, counts and durations are logged:
 * never answers, tokens, keys or a library's message (PostgreSQL puts row values into those).
 */
export function createLog(level: string, role: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { role, pid: process.pid },
    formatters: { level: (label: string) => ({ level: label }), log: withSafeErrors },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Describes errors under other keys than `err` as well: drivers keep row values in properties of their errors. */
function withSafeErrors(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields);
  if (!entries.some(([key, value]) => key !== 'err' && value instanceof Error)) return fields;
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key !== 'err' && value instanceof Error ? describeError(value) : value]),
  );
}

export type ErrorDescription = {
  type: string;
  code?: string | number;
  message?: string;
  stack?: string[];
  cause?: ErrorDescription;
  errors?: ErrorDescription[];
};

/** Most errors that one description has, causes included; deeper ones add nothing. */
const DESCRIBED_MAX = 12;

/**
 * Class, code and stack places of an error and of its causes. The message is kept for our own classes only: a library's
 * message may quote a key, a row or an answer. A value that is no error is described by its type.
 */
export function describeError(error: unknown): ErrorDescription {
  return describe(error, new Set()) ?? { type: 'unknown' };
}

/** Undefined for an error that was described before: causes can form a cycle. */
function describe(error: unknown, seen: Set<unknown>): ErrorDescription | undefined {
  if (!isError(error)) return { type: typeof error };
  if (seen.has(error) || seen.size === DESCRIBED_MAX) return undefined;
  seen.add(error);
  const code = codeIn(read(error, 'code'));
  const message = error instanceof OwnError ? read(error, 'message') : undefined;
  const causeOf = read(error, 'cause');
  const cause = causeOf === undefined ? undefined : describe(causeOf, seen);
  const list = error instanceof AggregateError ? read(error, 'errors') : undefined;
  const errors = Array.isArray(list) ? list.flatMap((inner) => describe(inner, seen) ?? []) : [];
  return {
    type: classOf(error),
    ...(code === undefined ? {} : { code }),
    ...(typeof message === 'string' ? { message } : {}),
    stack: placesOf(error),
    ...(cause === undefined ? {} : { cause }),
    ...(errors.length === 0 ? {} : { errors }),
  };
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false; // a proxy
  }
}

/** Undefined where a getter throws. */
function read(of: object, key: string): unknown {
  try {
    return (of as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The class by the prototype, since any code may write into the property `name`. */
function classOf(error: Error): string {
  const prototype: unknown = Object.getPrototypeOf(error);
  const made = typeof prototype === 'object' && prototype !== null ? read(prototype, 'constructor') : undefined;
  const name = typeof made === 'function' ? read(made, 'name') : undefined;
  return typeof name === 'string' && /^[A-Za-z_$][\w$]{0,60}$/.test(name) ? name : 'Error';
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, a SQLSTATE or a number. The words are too short for a key or a token. */
const CODE = /^(?:[A-Z][A-Z0-9]{0,15}(?:_[A-Z0-9]{1,16}){0,7}|[0-9A-Z]{5}|\d{1,6})$/;
const CODE_NUMBER_MAX = 999_999;

/** The code if it looks like one: a library may put any text there. */
export function codeIn(code: unknown): string | number | undefined {
  if (typeof code === 'string') return CODE.test(code) ? code : undefined;
  return Number.isInteger(code) && Math.abs(code as number) <= CODE_NUMBER_MAX ? (code as number) : undefined;
}

const PLACES_MAX = 10;
const PROJECT = resolve(import.meta.dirname, '..') + sep;
const PLACE = /^ {4}at (?:.* \()?(?:async )?(?<file>(?:file:|node:|\/|[A-Za-z]:\\)[^()]+?)(?<place>:\d+:\d+)\)?$/;

/**
 * Files and lines of the stack that belong to this project, its libraries or Node. A stack begins with name and message,
 * whose lines can look like places: if they are not found at its beginning, no place is logged.
 */
function placesOf(error: Error): string[] {
  const [stack, message] = [read(error, 'stack'), read(error, 'message')];
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  const end = message === '' ? '\n' : `: ${message}\n`;
  const at = stack.indexOf(end);
  if (at === -1 || !NAME.test(stack.slice(0, at))) return [];
  const lines = stack.slice(at + end.length).split('\n');
  return lines.flatMap((line) => placeIn(line) ?? []).slice(0, PLACES_MAX);
}

/** The error's name as Node writes it before the message. */
const NAME = /^[\w$.]*(?: \[\w+\])?$/;

function placeIn(line: string): string | undefined {
  const { file = '', place = '' } = PLACE.exec(line)?.groups ?? {};
  if (file.startsWith('node:')) return file + place;
  const path = file.startsWith('file:') && URL.canParse(file) ? fileURLToPath(file) : file;
  return path.startsWith(PROJECT) ? path.slice(PROJECT.length) + place : undefined;
}
