/** Holds the attestations of one release against the trust root, the registry's keys, and the release itself. */
import type { Provenance } from '../model/evidence.ts';
import type { SigningKey } from './signing-keys.ts';
import type { BundleResult, BundleVerifier } from './sigstore.ts';
import { isProvenance, parseStatement, provenanceOf, type Statement } from './statement.ts';
import { fieldsOf } from './untrusted.ts';

/** The release the attestations must speak of. */
export interface Attested {
  readonly name: string;
  readonly version: string;
  /** `sha512-…`, as the registry names it. */
  readonly integrity: string;
}

/** What they came to; `foreign` where an authority vouches that is not known here, `unknown` where it could not be told. */
export type AttestationsResult =
  | { readonly status: 'verified'; readonly provenance?: Provenance }
  | { readonly status: 'false'; readonly detail: string }
  | { readonly status: 'foreign'; readonly detail: string }
  | { readonly status: 'unknown'; readonly detail: string };

const mostBundles = 20;

/** Checks the registry's answer; everything in it must hold. */
export function checkAttestations(
  document: unknown,
  attested: Attested,
  verify: BundleVerifier,
  keyOf: (keyid: string) => SigningKey | undefined,
): AttestationsResult {
  const { attestations } = fieldsOf(document);
  if (!Array.isArray(attestations) || attestations.length === 0 || attestations.length > mostBundles) {
    return { status: 'unknown', detail: 'the registry answered with something else than attestations' };
  }
  const results = attestations.map((one) => checkOne(fieldsOf(one).bundle, attested, verify, keyOf));
  for (const worse of ['false', 'unknown', 'foreign']) {
    const wrong = results.find(({ status }) => status === worse);
    if (wrong) return wrong;
  }
  return results.find((result) => result.status === 'verified' && result.provenance !== undefined) ?? { status: 'verified' };
}

function checkOne(bundle: unknown, attested: Attested, verify: BundleVerifier, keyOf: (keyid: string) => SigningKey | undefined): AttestationsResult {
  const result = verify(bundle, keyOf);
  if (result.status !== 'verified') return result;
  const statement = parseStatement(result.payload);
  if (!statement) return { status: 'false', detail: 'what was signed is no statement' };
  const wrong = subjectTrouble(statement, attested);
  if (wrong !== undefined) return { status: 'false', detail: wrong };
  return isProvenance(statement.predicateType) ? buildOf(statement, result) : { status: 'verified' };
}

/** A true signature over another package, another version or other bytes vouches for nothing here. */
function subjectTrouble({ subjects }: Statement, { name, version, integrity }: Attested): string | undefined {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const named = subjects.filter((subject) => subject.name === purl || subject.name === `pkg:npm/${name}@${version}`);
  if (named.length === 0) return 'it speaks of another package or version';
  const digest = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  return named.every((subject) => subject.sha512 === digest) ? undefined : 'it speaks of other bytes than the registry serves';
}

/** Anybody with a mail address gets a certificate: only one that names a build's repository says where something was built. */
function buildOf(statement: Statement, { identity, extensions }: Extract<BundleResult, { status: 'verified' }>): AttestationsResult {
  const provenance = provenanceOf(extensions, identity);
  if (!provenance) return { status: 'false', detail: 'a person or an unknown build signed it, not a build of a repository' };
  if (statement.told && statement.told.repository !== provenance.repository) {
    return { status: 'false', detail: 'the build was of another repository than the statement tells' };
  }
  return { status: 'verified', provenance };
}
