import type { FailureCode } from '../errors.ts';

/** The text for the person whose assessment failed, and whether a retry makes sense. */
export const failureText: Record<FailureCode, { message: string; retryable: boolean }> = {
  AI_INVALID_OUTPUT: {
    message: 'The recommendations that were written for you were not usable. Trying again usually helps.',
    retryable: true,
  },
  AI_REFUSED: {
    message: 'The recommendations could not be written for these answers. Changing the free text may help.',
    retryable: false,
  },
  AI_REJECTED: {
    message: 'The recommendations could not be written: the request was not accepted. The operator has been notified.',
    retryable: false,
  },
  ATTEMPTS_EXHAUSTED: {
    message: 'The recommendations could not be written in spite of several tries. Please try again later.',
    retryable: true,
  },
};
