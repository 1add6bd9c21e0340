/** Recognising credentials in text, so that their values never reach an output. */

// Prefixes their issuers publish for scanners; a word of this shape is a credential wherever it stands.
const shapes = [
  'npm_[A-Za-z0-9]{36}',
  'gh[pousr]_[A-Za-z0-9]{36,}',
  'github_pat_\\w{22,}',
  'glpat-[\\w-]{20,}',
  'AKCp[A-Za-z0-9]{69}',
  'cmVmd[A-Za-z0-9]{59}',
  'hv[sbr]\\.[\\w-]{24,}',
];
/** The beginning of one, where a text was cut. */
const cutShort = /(?<![A-Za-z0-9])(?:npm_|gh[pousr]_|github_pat_|glpat-|AKCp|cmVmd|hv[sbr]\.)[\w.-]{4,}(?=…)/g;
const shaped = new RegExp(`(?<![A-Za-z0-9])(?:${shapes.join('|')})(?![A-Za-z0-9])`, 'g');
// What `npm token` is told to do is no value of one.
const assigned =
  /(\b(?:[\w-]*(?:token|passw(?:or)?d|secret|api_?key|auth(?:ident)?))["']?(?:\s*[=:]\s*|\s+)["']?)(?![\s"'$<‹-])(?!(?<=\bnpm\s+token\s+)(?:create|list|revoke)(?![^\s"'`|;&)]))([^\s"',}&|;]{6,})/gi;
const inUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)([^\s/@"'<>]*:[^\s/@"'<>]+|[^\s/@:"'<>$]{16,})@/gi;
const bearer = /(\bBearer\s+)(?!\$)([\w.~+/=-]{8,})/gi;

/** What stands in place of a credential. */
export const hidden = '‹hidden›';

/** The text with everything that is or looks like a credential replaced, and every one of `known` too. */
export function withoutSecrets(text: string, known: Iterable<string> = []): string {
  let safe = text;
  for (const secret of known) if (secret.length >= 4) safe = safe.replaceAll(secret, hidden);
  return safe
    .replace(shaped, hidden)
    .replace(cutShort, hidden)
    .replace(assigned, (_, before: string) => before + hidden)
    .replace(inUrl, (_, before: string) => `${before}${hidden}@`)
    .replace(bearer, (_, before: string) => before + hidden);
}

/** A path with every word replaced that has the shape of a credential; everything else leads to the file still. */
export function withoutShaped(path: string): string {
  return path.replace(shaped, hidden);
}

/** Words of a text that have the shape of a credential of any issuer known here. */
export function shapedSecretsIn(text: string): readonly string[] {
  return text.match(shaped) ?? [];
}

/** True where a text has a word of such a shape, or an address with more than a user called git before its host. Begins with what is rare, so that long texts are gone through fast. */
export function holdsCredential(text: string): boolean {
  return /:\/\/(?!git@)[^\s/@"'<>]+@/.test(text) || shapedSecretsIn(text).length > 0;
}

/** True when the last six characters of an npm token are the checksum of those before: chance makes one in 57 billion. */
export function hasChecksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  return base62(crc32(body.slice(0, -6))).padStart(6, '0') === body.slice(-6);
}

/**
 * A name for a secret that says nothing of it but whether two are the same; waivers are bound to it. Only 32 bits, so that it
 * confirms no guess. Undefined for short values, of which there are few enough to try them all.
 */
export function fingerprintOf(secret: string): string | undefined {
  return secret.length < 16 ? undefined : crc32(`depward ${secret}`).toString(16).padStart(8, '0');
}

/** True for what stands for a credential without being one: a variable, a template, a placeholder. */
export function isReference(value: string): boolean {
  const bare = value.trim().replace(/^["']|["']$/g, '');
  // What printf puts in.
  if (/^%[sqv@]$/.test(bare)) return true;
  if (bare === '' || /\$\{?[A-Za-z_]|\$\(|\{\{|%\w+%|^<.*>$|^\[.*\]$|^__\w+__$|^@\w+@$|process\.env/.test(bare)) return true;
  if (/^(.)\1*$/.test(bare) || /^(?:x{3,}|\*+|\.{3}|…)|(?:x{6,}|\*{3,}|\.{3})$/i.test(bare)) return true;
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(bare) || placeholder.test(bare);
}

const placeholder =
  /^(?:(?:your|my|some|the|an?|test|fake|dummy|mock|sample|example|insert|replace|placeholder|changeme|secret|token|pass|passwd|password|auth|npm|todo|redacted|hidden|foo|bar|baz|here|with|me|username|user|base64|encoded|value|real|valid|invalid)[-_ .:]*)+\d*$/i;

function crc32(text: string): number {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(value: number): string {
  return value < 62 ? (digits[value] ?? '') : base62(Math.floor(value / 62)) + (digits[value % 62] ?? '');
}
