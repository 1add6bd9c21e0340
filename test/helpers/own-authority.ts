/** A certificate authority of our own, made for one test run, with certificates it signed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** False where there is no openssl to sign with: tests then say that they are skipped. */
export const canSign = spawnSync('openssl', ['version']).status === 0;

/** Writes `ca.pem`, and `NAME.key` and `NAME.pem` for each name; all are good for 127.0.0.1 and the hosts given. */
export function makeCertificates(folder: string, names: readonly string[], hosts: readonly string[] = []): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=acme authority', '-days', '2');
  writeFileSync(join(folder, 'names'), `subjectAltName=${['IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)].join()}`);
  for (const name of names) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signing);
  }
}
