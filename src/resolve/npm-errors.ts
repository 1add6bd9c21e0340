/** npm's errors in our words, with what to do. Tokens and URLs with credentials never get into a message. */
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { isoOf } from '../model/time.ts';
import { codeOf } from './documents.ts';
import { gitTrouble } from './git-surroundings.ts';
import { type Json, objectOf, own, stringOf } from './lockfiles/json.ts';
import { unknownWords } from './unknown-words.ts';
import { specHint, tellable } from './wanted-spec.ts';

/** The moments that hide what is later: the one asked about, and the earlier of it and npm's own. */
interface Moments {
  readonly asOf: Date | undefined;
  readonly before: Date | undefined;
}

/** What went wrong while resolving, as the error to throw. */
export function resolvingError(error: unknown, { asOf, before }: Moments, asked: readonly { readonly text: string }[] = []): DepwardError {
  if (error instanceof DepwardError) return error;
  const facts = typeof error === 'object' && error !== null ? (error as Json) : {};
  const code = codeOf(error) ?? '';
  const what = about(facts) ?? (asked.length === 1 ? tellable(asked[0]?.text ?? '') : 'a package');
  const git = gitTrouble(error);
  if (git !== undefined) {
    const hint = 'Check that you can reach it: git ls-remote with the same address.';
    return new DepwardError('network', `the repository of ${what} could not be read: ${tellable(git)}`, { hint, cause: error });
  }
  const make = (kind: ConstructorParameters<typeof DepwardError>[0], message: string, hint: string) =>
    new DepwardError(kind, message, { hint, cause: error });
  if (code === 'ETARGET' || code === 'ENOVERSIONS') {
    const latest = stringOf(own(objectOf(own(facts, 'distTags')) ?? {}, 'latest'));
    const isNpmsOwn = before !== undefined && before !== asOf;
    return make(
      'not-found',
      `no version matches ${what}${before ? ` as of ${isoOf(Number(before))}` : ''}`,
      isNpmsOwn
        ? 'npm is configured to take nothing later ("before" or "min-release-age", see npm config list); npm install fails as well.'
        : `Ask ${before ? 'about a later moment, or ' : ''}for a version the registry lists${latest === undefined || before ? '' : `; its latest is ${printable(latest, 60)}`}.`,
    );
  }
  if (code === 'E401' || code === 'EOTP' || code === 'E403') {
    return make(
      'network',
      `the registry refuses ${what} (${code.slice(1)})`,
      'Check the credentials for this registry in your .npmrc, and whether you may read this package.',
    );
  }
  if (code === 'ENOGIT' && what !== '')
    return make('network', `git cannot be asked for ${what}`, 'Install git; with --offline no repository is asked.');
  if (code === 'ENOTCACHED') return make('network', `${what} is not in the cache, and --offline asks nobody`, 'Run it once without --offline.');
  if (error instanceof TypeError && /^accept field must be/.test(error.message))
    return make(
      'input',
      `npm cannot place a package called like a part of every object (constructor), and ${what} asks for one`,
      'npm install fails as well; no honest package needs this.',
    );
  if (code === 'E404') return make('not-found', `${what} does not exist`, 'Check the name; a private package may need credentials in your .npmrc.');
  if (code === 'E429') return make('network', `the registry wants fewer requests (429) at ${what}`, 'Try again later.');
  if (/^E5\d\d$/.test(code)) return make('network', `the registry failed at ${what} (${code.slice(1)})`, 'Try again later.');
  const isAsked = asked.some(({ text }) => String(Object(error).message).endsWith(text));
  const foreign = isAsked ? undefined : unknownWords(error);
  if (foreign) return foreign;
  if (code === 'EUNSUPPORTEDPROTOCOL' || code.startsWith('EINVALID')) return make('usage', `not a package spec: ${what}`, specHint);
  if (code.startsWith('EALLOW'))
    return make('config', `npm's own configuration forbids ${what}`, 'See allow-git, allow-remote, allow-file and allow-directory in your .npmrc.');
  if (code === 'EJSONPARSE') return make('input', 'package.json is not valid JSON', 'Correct it first.');
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return make('input', `there is no such file or folder: ${printable(stringOf(own(facts, 'path')) ?? what)}`, 'Check the path.');
  if (code === 'EBADPACKUMENT')
    return make(
      'network',
      `the registry's answer on ${what} is not a packument`,
      'Check the registry URL; a proxy or a login page may stand between.',
    );
  if (networkCodes.has(code) && what.startsWith('http'))
    return make('network', `${what} cannot be reached (${code})`, 'Check the network and the address.');
  if (networkCodes.has(code))
    return make('network', `the registry cannot be reached (${code}) at ${what}`, 'Check the network and the registry in your .npmrc.');
  return make('network', `${what} could not be resolved: ${safe(error)}`, 'Run npm install --dry-run to see what npm says.');
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ERR_SOCKET_TIMEOUT',
  'EPIPE',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

function about(facts: Json): string | undefined {
  const wanted = stringOf(own(facts, 'wanted'));
  const name = stringOf(own(facts, 'name'));
  if (wanted !== undefined && name !== undefined && name !== 'Error') return printable(`${name}@${wanted}`);
  const spec = own(facts, 'pkgid') ?? own(facts, 'package') ?? own(facts, 'spec') ?? own(facts, 'raw');
  return typeof spec === 'string' ? tellable(spec) : undefined;
}

function safe(error: unknown): string {
  return tellable(error instanceof Error ? error.message : String(error));
}
