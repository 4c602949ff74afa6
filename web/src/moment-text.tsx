import { locale } from './texts/index.ts';

type Styles = Intl.DateTimeFormatOptions;

const formats = new Map<Styles, Intl.DateTimeFormat>();
const formatted = (date: Date, styles: Styles): string => {
  const format = formats.get(styles) ?? new Intl.DateTimeFormat(locale(), styles);
  formats.set(styles, format);
  return format.format(date);
};

const MOMENT: Styles = { dateStyle: 'medium', timeStyle: 'short' };
const DAY: Styles = { dateStyle: 'medium' };
const DAY_OF_YEAR: Styles = { day: 'numeric', month: 'short' };
const TIME: Styles = { timeStyle: 'short' };
const TIME_WITH_SECONDS: Styles = { timeStyle: 'medium' };

export const momentText = (at: string): string => formatted(new Date(at), MOMENT);

/** A moment in the reader's own time zone. */
export const MomentText = ({ at }: { at: string }) => (
  <time className="moment" dateTime={at}>
    {momentText(at)}
  </time>
);

/** A day in the reader's own time zone; the present year is left out. Of the present day it is the time. */
export const dayText = (at: string, now = new Date()): string => {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return formatted(date, TIME);
  return formatted(date, date.getFullYear() === now.getFullYear() ? DAY_OF_YEAR : DAY);
};

export const fullDayText = (at: string): string => formatted(new Date(at), DAY);

/** A time of day in the reader's own time zone. Within the next minute with seconds, otherwise it could be the present one. */
export const timeText = (at: string, now = Date.now()): string => {
  const date = new Date(at);
  const ms = date.getTime();
  return formatted(date, ms > now && ms - now < 60_000 ? TIME_WITH_SECONDS : TIME);
};
