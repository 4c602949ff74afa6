import { hash } from 'node:crypto';
import { TooManyAssessmentsError } from '../errors.ts';
import { dailyNetworkLimit, networkLimit, type Network } from './networks.ts';
import { byMinute, takeFromAll, type Rates } from './rates.ts';

/**
 * Counts a submission of a session from an address.
 * @throws TooManyAssessmentsError, and then counts nothing
 */
export type CountSubmission = (sessionId: string, networks: readonly Network[]) => void;

type Options = {
  rates: Rates;
  /** Of one session; 0: no limit. */
  perMinute: number;
  /** Of one address; 0: no limit. */
  perMinutePerAddress: number;
  /** Of one address in a UTC day; 0: no limit. */
  perDayPerAddress: number;
};

/** Sessions are free, so the address counts beside the session. */
export function submitRate({ rates, perMinute, perMinutePerAddress, perDayPerAddress }: Options): CountSubmission {
  const ofSession = rates.limit('submits-session', byMinute(perMinute));
  const ofAddress = networkLimit(rates, 'submits-address', byMinute(perMinutePerAddress));
  const ofAddressADay = dailyNetworkLimit(rates, 'assessments-address', perDayPerAddress);
  return (sessionId, networks) => {
    // The count outlives a session that was deleted, and must not name it.
    const key = hash('sha256', sessionId, 'base64url');
    const waitOfSession = ofSession.waitSeconds(key);
    if (waitOfSession !== undefined) throw new TooManyAssessmentsError('session', waitOfSession);
    const waitOfAddress = takeFromAll([...ofAddress(networks), ...ofAddressADay(networks)]);
    if (waitOfAddress !== undefined) throw new TooManyAssessmentsError('address', waitOfAddress);
    ofSession.take(key);
  };
}
