const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A moment in the reader's own time zone and habits. */
export const MomentText = ({ at }: { at: string }) => (
  <time className="moment" dateTime={at}>
    {format.format(new Date(at))}
  </time>
);

const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const times = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const daysOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A day in the reader's own time zone and habits; the present year is left out. Of the present day it is the time. */
export const dayText = (at: string, now = new Date()): string => {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return times.format(date);
  return (date.getFullYear() === now.getFullYear() ? daysOfYear : days).format(date);
};

export const fullDayText = (at: string): string => days.format(new Date(at));
