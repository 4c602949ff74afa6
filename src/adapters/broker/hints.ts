import type { NatsConnection } from 'nats';
import { idOfSubject, isUuid, proofOfPayload, type Wire } from '../../events.ts';

/**
 * News that an assessment or a session has ended. It may be forged: the database says whether it is true, and the proof of a
 * deletion.
 */
export type Hint =
  | { kind: 'completed'; id: string; sessionId: string; proof: string | undefined }
  | { kind: 'session-ended'; id: string; sessionId: string };

export type HintListener = {
  onHint: (hint: Hint) => void;
  /** Progress of an assessment, with the unchecked payload. */
  onProgress?: (assessmentId: string, payload: string) => void;
};

/** Subscribes to hints by core NATS. Messages without valid ids in their subject are ignored. */
export function subscribeToHints(connection: NatsConnection, wire: Wire, listener: HintListener): void {
  const { onHint, onProgress } = listener;
  connection.subscribe(wire.completedAll, {
    callback: (error, message) => {
      const id = error === null ? idOfSubject(message.subject) : undefined;
      const sessionId = message?.subject?.split('.').at(-2);
      if (id !== undefined && sessionId !== undefined && isUuid(sessionId))
        onHint({ kind: 'completed', id, sessionId, proof: proofOfPayload(message.string()) });
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
