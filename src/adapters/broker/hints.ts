import type { NatsConnection } from 'nats';
import { idOfSubject, isUuid, type Wire } from '../../events.ts';

/** Something happened; the database knows what. */
export type Hint = { kind: 'completed' | 'session-ended'; id: string; sessionId: string };

/** Hints by core NATS: for whoever listens at that moment. What is no hint of ours is passed over. */
export function subscribeToHints(connection: NatsConnection, wire: Wire, onHint: (hint: Hint) => void): void {
  connection.subscribe(wire.completedAll, {
    callback: (error, { subject }) => {
      const id = error === null ? idOfSubject(subject) : undefined;
      const sessionId = subject?.split('.').at(-2);
      if (id !== undefined && sessionId !== undefined && isUuid(sessionId))
        onHint({ kind: 'completed', id, sessionId });
    },
  });
  connection.subscribe(wire.sessionEndedAll, {
    callback: (error, { subject }) => {
      const id = error === null ? idOfSubject(subject) : undefined;
      if (id !== undefined) onHint({ kind: 'session-ended', id, sessionId: id });
    },
  });
}
