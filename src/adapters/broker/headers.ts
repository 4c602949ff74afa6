import { headers, type MsgHdrs } from 'nats';

/** Printable ASCII: a line break would begin a header of somebody else's making. */
const PLAIN = /^[\x20-\x7e]+$/;

/** Headers of a message. A value that can't stand in a header, as a forged trace could bring one, is left out. */
export function messageHeaders(values: Record<string, string | undefined>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && PLAIN.test(value)) made.set(name, value);
  return made;
}
