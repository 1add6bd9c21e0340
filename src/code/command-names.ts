/** Programs by what they are for, and the words that tell one from another. */
import type { Doing } from './command-facts.ts';
import { placeOf } from './places.ts';
import type { Word } from './shell.ts';

export const downloaders = new Set(
  'curl wget wget2 aria2c fetch iwr irm invoke-webrequest invoke-restmethod bitsadmin certutil start-bitstransfer http https ftp tftp scp rsync'.split(
    ' ',
  ),
);

export const shells = new Set('sh bash dash zsh ash ksh fish busybox'.split(' '));

export const powershells = new Set('powershell pwsh'.split(' '));

export const managers = new Set('npm pnpm yarn bun'.split(' '));

export const clipboards = new Set('pbpaste pbcopy xclip xsel wl-paste wl-copy clip termux-clipboard-get'.split(' '));

export const lookups = new Set('nslookup dig host drill ping resolvectl resolve-dnsname'.split(' '));

export const quiet = new Set(
  'echo printf true false exit cd test [ [[ set export mkdir cp mv touch sleep rm ls cat grep sed awk head tail chmod which command type pwd read shift return local unset trap dirname basename uname whoami id hostname tr cut sort wc xargs find tar gzip gunzip unzip base64 xxd date env printenv rem if goto call echo. setlocal endlocal del copy move kill ps :'.split(
    ' ',
  ),
);

const wrappers = new Set(
  'sudo nohup exec command builtin nice setsid stdbuf cross-env cross-env-shell env dotenv time timeout start call doas then do else not busybox'.split(
    ' ',
  ),
);

/** The words without what only starts another command: `sudo`, `env A=b`, `start /B`, `cmd /c`. */
export function unwrapped(words: readonly Word[]): readonly Word[] {
  let rest = words;
  for (let turn = 0; turn < 8 && rest.length > 1; turn++) {
    const name = nameOf(rest[0]);
    const cmd = name === 'cmd' && /^\/[ckCK]$/.test(rest[1]?.text ?? '');
    if (!wrappers.has(name) && !cmd) return rest;
    let at = 1;
    while (at < rest.length - 1 && /^(-.*|\/[A-Za-z]+|\w+=.*|\d+[smh]?|)$/s.test(rest[at]?.text ?? '')) at++;
    rest = rest.slice(at);
  }
  return rest;
}

/** The program by its bare name: no folder, no `.exe`, none of the backslashes and quotes that only hide it. */
export function nameOf(word: Word | undefined): string {
  const text = word?.text ?? '';
  const bare = /^[\w\\]+$/.test(text) ? text.replaceAll('\\', '') : text;
  return (bare.split(/[/\\]/).at(-1) ?? '').replace(/\.(exe|cmd)$/i, '').toLowerCase();
}

export function isFile(text: string): boolean {
  return /^(\.{0,2}[/\\]|~\/|[\w.@-]+[/\\])/.test(text) || /\.(sh|bash|bat|cmd|ps1|js|mjs|cjs|ts|py|exe|vbs)$/i.test(text);
}

/** Tools that hand out what they keep for their user. */
const givers: ReadonlyMap<string, RegExp> = new Map([
  ['git', /^credential(-\w+)? (fill|get)/],
  ['aws', /^configure (export-credentials|get)|^sts get-session-token|^secretsmanager (get|list|batch)|^ssm get-parameter/],
  ['gcloud', /^auth (application-default )?print-(access|identity)-token|^secrets versions access/],
  ['az', /^account get-access-token|^keyvault secret (show|list|download)/],
  ['kubectl', /^config view.*--raw|^get secrets?\b/],
  ['vault', /^(kv|token|read)\b/],
  ['op', /^(read|item get)\b/],
  ['pass', /^show\b/],
  ['heroku', /^auth:token/],
  ['doctl', /^auth token/],
]);

export function asksForCredentials(name: string, rest: readonly Word[]): boolean {
  const asked = givers.get(name) ?? (name.startsWith('docker-credential-') ? /^get/ : undefined);
  return asked?.test(rest.map((word) => word.text).join(' ')) ?? false;
}

const gitRuns =
  /^(core\.(hookspath|fsmonitor|sshcommand|editor|pager|gitproxy)|init\.templatedir|credential\.(.+\.)?helper|alias\..+|gpg\.(.+\.)?program|sequence\.editor|diff\.external|filter\..+|url\..+\.insteadof)$/i;

/** `git config --global core.hooksPath x`: what git runs, and where it goes, in every project of the user from then on. */
export function setsGitForAll(rest: readonly Word[]): boolean {
  if (rest[0]?.text !== 'config' || !rest.some((word) => word.text === '--global' || word.text === '--system')) return false;
  const asks = rest.some((word) => /^(-l|get|unset|list|--(get|unset|list|remove-section|rename-section).*)$/.test(word.text));
  return !asks && rest.some((word) => gitRuns.test(word.text));
}

export function isDestructive(name: string, rest: readonly Word[]): boolean {
  if (name === 'rm')
    return (
      rest.some((word) => /^-\w*[rR]/.test(word.text)) &&
      rest.some((word) => /^(~\/?\*?|\/\*?|(\.\/)?\*|\/home\/?\*?|\/Users\/?|\$HOME)$/.test(word.text))
    );
  if (name === 'shred' || (name === 'format' && rest.some((word) => /^[a-z]:$/i.test(word.text)))) return true;
  if (name === 'dd') return rest.some((word) => /^of=\/dev\/(sd|nvme|disk|hd|vd|mmcblk)/.test(word.text));
  if (name === 'find') return rest.some((word) => word.text === '-delete') && /^(~\/?|\/|\$HOME|\/home\/?|\/Users\/?)$/.test(rest[0]?.text ?? '');
  if (name === 'del' || name === 'rd' || name === 'rmdir')
    return rest.some((word) => /^\/s$/i.test(word.text)) && rest.some((word) => /^(~|\.|\*(\.\*)?$|[a-z]:\\?(\*(\.\*)?)?$)/i.test(word.text));
  return name === 'cipher' && rest.some((word) => /^\/w/i.test(word.text));
}

export function isManagerVerb(verb: string | undefined): boolean {
  return /^(i|in|install|add|publish|x|update|upgrade|ci|link|pm|create)$/.test(verb ?? '');
}

/** Commands whose output says something about the machine or its owner. */
export function tellsOf(name: string, rest: readonly Word[]): Doing | undefined {
  if (name === 'printenv' || name === 'env' || (name === 'set' && rest.length === 0)) return { kind: 'environment', detail: name };
  const place = ['cat', 'type', 'tar', 'zip', 'grep', 'head', 'tail', 'less', 'base64', 'get-content', 'gc', 'find'].includes(name)
    ? rest.map((word) => placeOf(word.text)).find(Boolean)
    : undefined;
  return place;
}
