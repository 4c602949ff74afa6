import { statesThatTake, type AssessmentEvent } from '../../entities/assessment-state.ts';

/** The states in which an event is legal, as SQL for the brackets of `status IN (…)`. */
export const statusesThatTake = (event: AssessmentEvent): string =>
  statesThatTake(event)
    .map((status) => `'${status}'`)
    .join(', ');
