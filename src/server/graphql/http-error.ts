import { RequestError, type ErrorCode } from '../../errors.ts';

/** An error whose HTTP status does not follow from its code. */
export class HttpError extends RequestError {
  override readonly name = 'HttpError';
  readonly status: number;
  /** For 405: value of the header `Allow`. */
  readonly allow: string | undefined;

  constructor(status: number, message: string, options: { code?: ErrorCode; allow?: string; cause?: unknown } = {}) {
    super(options.code ?? 'BAD_REQUEST', message, options);
    this.status = status;
    this.allow = options.allow;
  }
}

export const notAllowed = (allow: string): HttpError =>
  new HttpError(405, `This path does not take that method. It takes: ${allow}.`, { allow });

export const STOPPING = new RequestError('SERVICE_UNAVAILABLE', 'The server is stopping. Try again shortly.', {
  retryAfterSeconds: 2,
});
