import type { Msg, NatsConnection } from 'nats';
import { idOfSubject } from '../../../src/events.ts';
import type { Server, Wire } from './broker.ts';
import { names, orNotThere, type Pull } from './jetstream.ts';

/** The part of a connection that the program's work queue uses: pull requests and their messages. */
export function workConnection(server: Server, wire: Wire, isClosed: () => boolean): NatsConnection {
  const open = new Map<string, (error: null, message: Msg) => void>();
  let inboxes = 0;
  const connection: Connection = {
    isClosed,
    subscribe: (_, { callback }) => {
      const inbox = `inbox.${inboxes++}`;
      open.set(inbox, callback);
      return {
        getSubject: () => inbox,
        // Messages that the server has sent before still arrive.
        drain: async () => wire.up(() => open.delete(inbox)),
      };
    },
    publish: (_, body, { reply }) => {
      const hear = (message: Msg): void => open.get(reply)?.(null, message);
      request(server, wire, body, { hear, isOver: () => !open.has(reply) });
    },
  };
  return connection as unknown as NatsConnection;
}

type Connection = {
  isClosed: () => boolean;
  subscribe: (
    subject: string,
    options: { callback: (error: null, message: Msg) => void },
  ) => { getSubject: () => string; drain: () => Promise<void> };
  publish: (subject: string, body: string, options: { reply: string }) => void;
};

type Inbox = { hear: (message: Msg) => void; isOver: () => boolean };

function request(server: Server, wire: Wire, body: string, { hear, isOver }: Inbox): void {
  const { jetStream, acknowledged, options } = server;
  const { clock } = options;
  const { batch, expires } = JSON.parse(body) as { batch: number; expires: number };
  const { epoch } = wire;
  const down = (message: Msg): void => wire.down(() => hear(message));
  wire.up(() => {
    const pull: Pull = {
      batch,
      expiresAt: clock.now + expires / 1_000_000,
      isOver: () => isOver() || wire.epoch !== epoch || wire.isKnownGone,
      deliver: ({ sequence, subject, payload, deliveries }) => {
        const givenAt = clock.now;
        down({
          subject,
          reply: `$JS.ACK.${names.workStream}.${names.consumer}.${deliveries}.${sequence}.1.1.1`,
          string: () => payload,
          respond: (ack: string | Buffer) => {
            const word = ack.toString();
            if (word === '+ACK') acknowledged.push({ id: idOfSubject(subject) ?? '', givenAt, at: clock.now });
            wire.up(() => jetStream.receiveAck(sequence, word));
            return true;
          },
        } as unknown as Msg);
      },
      expire: (declined) => down(statusOf(408, declined)),
      heartbeat: () => down(statusOf(100)),
    };
    if (!orNotThere(() => jetStream.pull(pull)).ok) down(statusOf(503));
  });
}

/** A message without data; an absent header reads as an empty text. */
const statusOf = (code: number, declined?: number): Msg =>
  ({
    headers: { code, get: () => (declined === undefined ? '' : String(declined)) },
  }) as unknown as Msg;
