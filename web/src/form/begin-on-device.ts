import { deviceStorage } from './device-storage.ts';
import { dropAllSessions, dropOtherSessions, moveToSession } from './drafts.ts';
import { sealedForms } from './sealed-forms.ts';

/**
 * Has to come before anything is shown for a session: forms read their drafts as they appear. `before`: the session that has
 * ended while the page was open. Its person is still here, so the answers stay; those of other sessions are dropped.
 */
export const beginOnDevice = (session: string, before: string | undefined): void => {
  if (before !== undefined) moveToSession(deviceStorage, before, session);
  dropOtherSessions(deviceStorage, session);
  sealedForms.open(session);
};

/** After the end of a session by its person: nothing of it stays on this device. */
export const endOnDevice = (): void => {
  dropAllSessions(deviceStorage);
  sealedForms.reload();
};
