import type { MsgHdrs } from 'nats';

/** Printable ASCII: a line break would begin a header of somebody else's making. */
const PLAIN = /^[\x20-\x7e]+$/;

/**
 * Headers of a message (NATS ADR-4), written as they go over the wire. The client's own class costs several times what
 * the rest of a publish does; of what it is given the client calls nothing but `encode`. A value that can't stand in a
 * header, as a forged trace could bring one, is left out.
 */
export function messageHeaders(values: Record<string, string | undefined>): MsgHdrs {
  let text = 'NATS/1.0\r\n';
  for (const name in values) {
    const value = values[name];
    if (value !== undefined && PLAIN.test(value)) text += `${name}: ${value}\r\n`;
  }
  return { encode: () => Buffer.from(`${text}\r\n`) } as unknown as MsgHdrs;
}
