import type { Looks } from '../../src/consumers/look.ts';
import type { Look } from '../../src/entities/model-setup.ts';

export const FACTS = {
  status: 400,
  code: 'invalid_request',
  param: null,
  model: 'played',
  host: 'provider.invalid',
  requestId: 'req_1',
  words: null,
};

export const ANSWERED: Look = { kind: 'answered', fits: true, dialect: {} };
export const UNFIT: Look = { kind: 'answered', fits: false, dialect: {} };
export const REFUSED: Look = { kind: 'refused', reason: 'unexplained', facts: FACTS };
export const FAILED: Look = { kind: 'failed' };

export type ScriptedLooks = Looks & { count: number; fits: boolean; onLook: () => void };

/** The results of the next looks. After the last one the provider replies. */
export function scriptedLooks(...script: (Look | (() => Promise<Look>))[]): ScriptedLooks {
  const looks: ScriptedLooks = {
    areNeeded: true,
    count: 0,
    fits: false,
    onLook: () => {},
    async look() {
      const next = script[looks.count++] ?? ANSWERED;
      looks.onLook();
      return typeof next === 'function' ? await next() : next;
    },
    hasFitted: () => looks.fits,
    fitted: () => void (looks.fits = true),
    stop: () => {},
  };
  return looks;
}

export const PLAYED = { model: FACTS.model, host: FACTS.host };
