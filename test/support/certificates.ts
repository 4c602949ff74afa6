import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Certificate = { certificate: string; key: string; certificateFile: string; keyFile: string };

export type Authority = {
  /** PEM file of the authority's own certificate. */
  file: string;
  text: string;
  /** @param names such as `IP:127.0.0.1` or `DNS:localhost` */
  issue: (commonName: string, names?: string) => Certificate;
  remove: () => void;
};

/** A certificate authority of a test, by openssl. */
export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'assay-certificates-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  let issued = 0;
  return {
    file: at('ca.pem'),
    text: readFileSync(at('ca.pem'), 'utf8'),
    issue: (commonName, names = 'IP:127.0.0.1') => {
      const file = at(`${++issued}`);
      writeFileSync(`${file}.ext`, `subjectAltName=${names}\n`);
      openssl('req', ...key, '-subj', `/CN=${commonName}`, '-keyout', `${file}.key`, '-out', `${file}.csr`);
      const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      openssl(
        'x509',
        '-req',
        '-in',
        `${file}.csr`,
        ...by,
        '-days',
        '2',
        '-extfile',
        `${file}.ext`,
        '-out',
        `${file}.pem`,
      );
      return {
        certificate: readFileSync(`${file}.pem`, 'utf8'),
        key: readFileSync(`${file}.key`, 'utf8'),
        certificateFile: `${file}.pem`,
        keyFile: `${file}.key`,
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
