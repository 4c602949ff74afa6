import { headers, type MsgHdrs } from 'nats';

/** Printable ASCII: prevents header injection by line breaks. */
const PLAIN = /^[\x20-\x7e]+$/;

/** Headers of a message. Leaves out values that can't stand in a header, such as a forged trace. */
export function messageHeaders(values: Record<string, string | undefined>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && PLAIN.test(value)) made.set(name, value);
  return made;
}
