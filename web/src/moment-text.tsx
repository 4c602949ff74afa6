const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A moment in the reader's own time zone and habits. */
export const MomentText = ({ at }: { at: string }) => (
  <time className="moment" dateTime={at}>
    {format.format(new Date(at))}
  </time>
);
