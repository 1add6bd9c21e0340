/**
 * Worms of 2025 (s1ngularity, shai-hulud) lived on tokens found in files: whoever reads the repository, its forks or its history
 * can publish with them. Shapes of tokens as gitleaks knows them, keys as npm, pnpm, yarn and bun document them.
 */
import { baseName, defineRepositoryRule, type FileObservation, type FileSeen } from '../model/repository-rule.ts';
import { fingerprintOf, hasChecksum, isReference, shapedSecretsIn } from '../model/secrets.ts';
import { ciSystemOf, isDockerfile, isExample, isLockfile } from './read/paths.ts';
import { isLoopback } from './read/registry.ts';
import { isSettingsFile, type Setting, settingsIn } from './read/settings.ts';

const npmKey = /(?:^|:)_(?:authToken|auth|password)$/i;
// The scheme is looked at last: lockfiles are long, and nearly every word could begin one. Addresses of data bases are no way to packages.
const urlWithPassword = /:\/\/(?<=\b(?:git\+)?(?:https?|ssh|git|ftps?):\/\/)([^\s/@"'<>:]*):([^\s/@"'<>]+)@([\w.:-]+)/gi;

export default defineRepositoryRule({
  meta: {
    id: 'literal-credential',
    family: 'pipeline',
    severity: 'critical',
    summary: 'A credential of a registry stands in a tracked file.',
    why: 'Everybody who can read the repository, a fork, a backup or the history can use it: to publish in your name or to read your private packages. Deleting the line leaves it in the history.',
    remedy:
      'Revoke it at the registry now. Then write a variable instead, like ${NPM_TOKEN}, set only for the step that needs it, or use trusted publishing.',
    references: [
      's1ngularity 2025',
      'shai-hulud 2025',
      'npm docs: .npmrc, auth related configuration',
      'gitleaks and secretlint search the whole history and every kind of secret',
    ],
    falsePositives:
      'Credentials of a registry that only tests start. Files below folders of tests and examples count only when a token has a valid checksum.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isSettingsFile(path) || isLockfile(path) || ciSystemOf(path) !== undefined || isDockerfile(path),
  byLine: isLockfile,
  check: ({ now }) => [...now].flatMap(([file, text]) => credentialsIn(file, text)),
  examples: [
    {
      title: 'a token in .npmrc',
      now: { '.npmrc': '//registry.example/:_authToken=7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77\n' },
      flagged: true,
    },
    {
      title: 'the password of a mirror in a lockfile',
      now: { 'yarn.lock': '"a@^1.0.0":\n  resolved "https://build:hunter2hunter2@registry.example/a/-/a-1.0.0.tgz"\n' },
      flagged: true,
    },
    { title: 'a variable', now: { '.npmrc': '//registry.example/:_authToken=${NPM_TOKEN}\n' }, flagged: false },
    { title: 'a placeholder', now: { '.yarnrc.yml': 'npmAuthToken: "<your-token>"\n' }, flagged: false },
  ],
});

function credentialsIn(file: string, text: string): readonly FileSeen[] {
  const shaped = shapedIn(file, text);
  if (isExample(file)) return shaped.filter(({ confidence }) => confidence === 'high');
  const settings = isSettingsFile(file) && mayHold(text) ? settingsIn(file, text) : [];
  if ('untold' in settings) return [{ file, ...settings }, ...shaped];
  const literal = settings.filter(isLiteral).map((setting) => observed(file, setting.line, setting.path.join('.'), String(setting.plain), 'high'));
  return [...literal, ...inUrls(file, text), ...shaped.filter(({ line }) => !literal.some((each) => each.line === line))];
}

// Most manifests hold nothing of the kind; parsing them all would be the largest part of the work.
function mayHold(text: string): boolean {
  return /auth|password|token|PRIVATE KEY/i.test(text);
}

function isLiteral({ file, path, plain }: Setting): boolean {
  if (typeof plain === 'boolean' || plain === null || isReference(String(plain))) return false;
  const key = path.at(-1) ?? '';
  if (isLoopback(/^\/\/([^/]+)/.exec(key)?.[1]?.replace(/:\d+$/, '') ?? '')) return false;
  switch (baseName(file)) {
    case '.yarnrc.yml':
      return key === 'npmAuthToken' || key === 'npmAuthIdent';
    case 'bunfig.toml':
      return (key === 'token' || key === 'password') && (path.includes('registry') || path.includes('scopes'));
    case 'package.json':
      return path.includes('publishConfig') && npmKey.test(key);
    default:
      // pnpm's own form: registry, scope, credential.
      if (path.includes('_auth') && /^(?:authToken|basicAuth|password)$/.test(key)) return true;
      return npmKey.test(key) || (key === 'key' && String(plain).includes('PRIVATE KEY'));
  }
}

/** What every address with a password holds; begins with letters that are rare, so that long texts are gone through fast. */
const password = /:\/\/[^\s/@"'<>:]*:[^\s/@"'<>]+@/;

function inUrls(file: string, text: string): readonly FileObservation[] {
  if (!password.test(text)) return [];
  const found = linesWith(text, urlWithPassword);
  return found
    .filter(({ match }) => !isReference(match[2] ?? '') && !/[$%{<]/.test(match[1] ?? '') && !isLoopback(match[3]?.replace(/:\d+$/, '') ?? ''))
    .map(({ match, line }) => observed(file, line, `address at ${match[3] ?? ''}`, match[2] ?? '', 'high'));
}

function shapedIn(file: string, text: string): readonly FileObservation[] {
  const found = linesWith(text, /(?:npm_|gh[pousr]_|github_pat_|glpat-|AKCp|cmVmd|hv[sbr]\.)[\w.-]+/g);
  return found.flatMap(({ match, line }) =>
    shapedSecretsIn(match[0])
      .filter((secret) => !/(.)\1{7}/.test(secret))
      .map((secret) => observed(file, line, 'token', secret, hasChecksum(secret) ? 'high' : 'medium')),
  );
}

function linesWith(text: string, form: RegExp): readonly { readonly match: RegExpMatchArray; readonly line: number }[] {
  let line = 1;
  let at = 0;
  return [...text.matchAll(form)].slice(0, 100).map((match) => {
    for (; at < match.index; at += 1) if (text.charCodeAt(at) === 10) line += 1;
    return { match, line };
  });
}

function observed(file: string, line: number, said: string, secret: string, confidence: 'high' | 'medium'): FileObservation {
  const fingerprint = fingerprintOf(secret);
  return {
    file,
    line,
    secret,
    ...(fingerprint !== undefined && { fingerprint }),
    message: `holds a credential (${said})`,
    confidence,
    facts: { where: said, length: secret.length, ...(fingerprint !== undefined && { fingerprint }) },
  };
}
