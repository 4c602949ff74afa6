import { ErrorCode } from 'nats';

/** Codes of OpenSSL and Node for a certificate that is refused. */
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH/;

/** Words for an operator about a connection that can't be encrypted; undefined for any other error. */
export function explainTls(error: unknown): string | undefined {
  const { code, chainedError } = (error ?? {}) as { code?: unknown; chainedError?: unknown };
  if (code === ErrorCode.ServerOptionNotAvailable)
    return 'the broker offers no TLS, which tls:// in NATS_URL or a file for TLS demands: switch it on there, or say nats://';
  if (typeof code === 'string' && CERTIFICATE.test(code))
    return 'the certificate of the broker is not trusted: check NATS_CA_FILE and the host in NATS_URL; see "TLS" in docs/OPERATING.md';
  return chainedError === undefined ? undefined : explainTls(chainedError);
}
