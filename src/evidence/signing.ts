/** Holds signatures and attestations against keys and trust roots; keys and what was verified are kept between runs. */
import type { Gathered, Provenance, SignaturesEvidence } from '../model/evidence.ts';
import { failed, had, notOffered } from '../model/evidence.ts';
import type { Release } from '../model/packument.ts';
import { day, type Instant } from '../model/time.ts';
import { type AttestationsResult, checkAttestations } from '../registry/attestations.ts';
import type { BytesAnswer } from '../registry/fetch-bytes.ts';
import { checkSignatures } from '../registry/registry-signature.ts';
import { parseKeys, type SigningKey, shippedKey } from '../registry/signing-keys.ts';
import { type BundleVerifier, openVerifier } from '../registry/sigstore.ts';
import type { FactsStore } from './facts.ts';

/** What of a registry is asked; the registry in earnest, memory in tests. */
export interface SigningSource {
  registryOf(name: string): string;
  beside(name: string, path: string): Promise<BytesAnswer>;
}

export interface SigningOptions {
  readonly source: SigningSource;
  readonly now: Instant;
  readonly facts?: FactsStore;
  readonly offline?: boolean;
  /** A sigstore trust root as JSON instead of the shipped one: tests sign with their own. */
  readonly root?: unknown;
}

export interface Signing {
  signatures(name: string, release: Release): Promise<Gathered<SignaturesEvidence>>;
  /** The attestations of a release that has some; `undefined` where the registry has none after all. */
  attestations(name: string, release: Release): Promise<Gathered<Exclude<AttestationsResult, { status: 'foreign' } | { status: 'unknown' }>>>;
  /** True once more was wanted than is asked for in one run. */
  exhausted(): boolean;
}

/** Attested releases asked for in one run; the rest is said, not silently left out. */
const mostAsked = 200;
/** Keys are changed once in years, and long before they are used. */
const keysFreshFor = day;

/** What is kept in the place of keys that a registry does not publish. */
const none = 'none';
const noKeys = 'this registry publishes no keys to hold its signatures against';

type Keys = Gathered<readonly SigningKey[]>;
type KeyFinder = (keyid: string) => SigningKey | undefined;

/** Opens the verification for one run. */
export function openSigning({ source, now, facts, offline = false, root }: SigningOptions): Signing {
  const keysOf = new Map<string, Promise<Keys>>();
  const checked = new Map<string, ReturnType<Signing['attestations']>>();
  let verifier: Promise<BundleVerifier | undefined> | undefined;
  let asked = 0;
  let exhausted = false;

  function isFresh(confirmedAt: Instant): boolean {
    return offline || (confirmedAt <= now && now - confirmedAt < keysFreshFor);
  }

  /** The keys of the registry a package is looked up at, asked for once. */
  function keys(name: string): Promise<Keys> {
    const registry = source.registryOf(name);
    const held = keysOf.get(registry) ?? lookUpKeys(name, registry);
    keysOf.set(registry, held);
    return held;
  }

  async function lookUpKeys(name: string, registry: string): Promise<Keys> {
    const kept = facts?.verified('keys', registry, '', '');
    const known = kept && parseKeys(kept.value);
    if (kept && isFresh(kept.confirmedAt)) {
      if (known) return had(known);
      if (kept.value === none) return notOffered(noKeys);
    }
    if (offline) return notOffered('the keys of this registry are not in the cache, and --offline asks nobody');
    const answer = await source.beside(name, '-/npm/v1/keys');
    if (isMissing(answer)) {
      facts?.keepVerified('keys', registry, '', '', { value: none, confirmedAt: now });
      return notOffered(noKeys);
    }
    if (answer.status !== 'ok') return failed(`the registry's keys could not be had: ${reasonOf(answer)}`);
    const document = parsed(answer.bytes);
    const found = parseKeys(document);
    if (!found) return failed('the registry answered with something else than its keys');
    facts?.keepVerified('keys', registry, '', '', { value: document, confirmedAt: now });
    return had(found);
  }

  async function keyFinder(name: string, keyids: readonly string[]): Promise<Gathered<KeyFinder>> {
    // Keys that came with depward decide before any a registry names.
    if (keyids.every((keyid) => shippedKey(keyid) !== undefined)) return had(shippedKey);
    const own = await keys(name);
    return own.ok ? had((keyid) => shippedKey(keyid) ?? own.value.find((key) => key.keyid === keyid)) : own;
  }

  async function look(name: string, release: Release, integrity: string): ReturnType<Signing['attestations']> {
    const known = facts?.verified('attested', integrity, name, release.version);
    const result = known && provenanceIn(known.value);
    if (result) return had(result);
    if (offline) return notOffered('its attestations are not in the cache, and --offline asks nobody');
    exhausted = asked >= mostAsked;
    if (exhausted) return notOffered(`attestations of more than ${mostAsked} releases are not looked into in one run`);
    asked += 1;
    const answer = await source.beside(name, `-/npm/v1/attestations/${encoded(name)}@${encodeURIComponent(release.version)}`);
    if (isMissing(answer)) return notOffered('this registry does not pass attestations on');
    if (answer.status !== 'ok') return failed(`its attestations could not be had: ${reasonOf(answer)}`);
    return verified(parsed(answer.bytes), name, release.version, integrity);
  }

  async function verified(document: unknown, name: string, version: string, integrity: string): ReturnType<Signing['attestations']> {
    verifier ??= openVerifier(root);
    const verify = await verifier;
    if (!verify) return failed('there is no trust root to hold attestations against');
    const finder = await keyFinder(name, keyidsIn(document));
    // Where the registry has no keys, what needs one cannot be told, and what needs none can.
    const result = checkAttestations(document, { name, version, integrity }, verify, finder.ok ? finder.value : shippedKey);
    if (result.status === 'unknown') return failed(`its attestations could not be verified: ${result.detail}`);
    // Authorities change their keys now and then: who has not updated since must not be stopped, and is not reassured.
    if (result.status === 'foreign') return notOffered('an authority that this version does not know vouches for it');
    if (result.status === 'verified')
      facts?.keepVerified('attested', integrity, name, version, { value: { provenance: result.provenance ?? null }, confirmedAt: now });
    return had(result);
  }

  return {
    async signatures(name, release) {
      const { signatures, integrity } = release;
      if (signatures === undefined) return notOffered('this registry does not sign releases');
      if (integrity === undefined) return notOffered('this registry names no integrity that its signature could be held against');
      const finder = await keyFinder(
        name,
        signatures.map(({ keyid }) => keyid),
      );
      return finder.ok ? had(checkSignatures({ name, release, integrity }, finder.value)) : finder;
    },
    async attestations(name, release) {
      const { integrity } = release;
      if (integrity === undefined || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) {
        return notOffered('this registry names no sha512 that an attestation could be held against');
      }
      const key = `${name}@${release.version} ${integrity}`;
      const held = checked.get(key) ?? look(name, release, integrity);
      checked.set(key, held);
      return held;
    },
    exhausted: () => exhausted,
  };
}

/** Mirrors that do not know these addresses say so in many ways, web pages among them. */
function isMissing(answer: BytesAnswer): boolean {
  if (answer.status === 'ok') return /^\s*</.test(answer.bytes.subarray(0, 100).toString('latin1'));
  return answer.status === 'not-found' || (answer.status === 'failed' && [400, 403, 405, 406, 501].includes(answer.http ?? 0));
}

function reasonOf(answer: BytesAnswer): string {
  return answer.status === 'failed' ? answer.reason : 'the registry answered "unchanged" unasked';
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function encoded(name: string): string {
  return name.startsWith('@') ? `@${encodeURIComponent(name.slice(1))}` : encodeURIComponent(name);
}

/** The ids of the keys that sign without a certificate. */
function keyidsIn(document: unknown): string[] {
  return [...JSON.stringify(document ?? null).matchAll(/"(?:keyid|hint)":"([^"\\]{1,256})"/g)].map((match) => match[1] ?? '');
}

function provenanceIn(value: unknown): { readonly status: 'verified'; readonly provenance?: Provenance } | undefined {
  if (typeof value !== 'object' || value === null || !('provenance' in value)) return undefined;
  const { provenance } = value;
  return { status: 'verified', ...(provenance !== null && { provenance: provenance as Provenance }) };
}
