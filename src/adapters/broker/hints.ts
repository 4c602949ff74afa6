import type { NatsConnection } from 'nats';
import { idOfSubject, isUuid, type Wire } from '../../events.ts';

/** Something happened; the database knows what. */
export type Hint = { kind: 'completed' | 'session-ended'; id: string; sessionId: string };

export type HintListener = {
  onHint: (hint: Hint) => void;
  /** How far an assessment is; the payload is as it came. */
  onProgress?: (assessmentId: string, payload: string) => void;
};

/** Hints by core NATS: for whoever listens at that moment. What is no hint of ours is passed over. */
export function subscribeToHints(connection: NatsConnection, wire: Wire, listener: HintListener): void {
  const { onHint, onProgress } = listener;
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
  if (onProgress === undefined) return;
  connection.subscribe(wire.progressAll, {
    callback: (error, message) => {
      const id = error === null ? idOfSubject(message.subject) : undefined;
      if (id !== undefined) onProgress(id, message.string());
    },
  });
}

export function subscribeToCancels(
  connection: NatsConnection,
  wire: Wire,
  onCancelled: (assessmentId: string) => void,
): void {
  connection.subscribe(wire.cancelledAll, {
    callback: (error, { subject }) => {
      const id = error === null ? idOfSubject(subject) : undefined;
      if (id !== undefined) onCancelled(id);
    },
  });
}
