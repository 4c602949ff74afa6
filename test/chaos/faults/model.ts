import type { Fleet } from '../../faults/fleet.ts';
import { slowStream, type Behaviour } from '../../support/model-behaviours.ts';
import type { Fault } from './fault.ts';

/** For three calls only, so that no assessment uses up its attempts, and no repair, whose failure would be final. */
export const modelFails = ({ world }: Fleet, behaviour: Behaviour): Fault => ({
  kind: 'model fails',
  begin: async () => {
    const next = [behaviour, behaviour, behaviour];
    world.model.script(({ key }) => (key?.repair === false ? next.shift() : undefined) ?? usualReply);
  },
  end: async () => {},
  lastsMs: 1_000,
});

/** Slow enough for drafts, and for cancellations during a call. */
export const usualReply = slowStream(30);
