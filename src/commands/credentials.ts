/**
 * Credentials on demand: a user names a command that prints a short-lived token (a Vault client, a cloud's CLI). Only the
 * user's own file may name it: a checked repository that could would run what it likes.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import type { Io } from './io.ts';

/** A command for one registry. */
interface Minting {
  readonly url: string;
  readonly command: readonly string[];
  readonly ttlMs: number;
}

/** The header for a registry's requests, or undefined where no command is named for it. */
export type MintedCredentials = (registry: string) => (() => Promise<string>) | undefined;

const largestFile = 100_000;
const waitsFor = 30_000;

/** Where the user's own file lies: `DEPWARD_USER_CONFIG`, else `depward/user.json` in the folder for configuration. */
function userFile(io: Pick<Io, 'env'>): string | undefined {
  const { DEPWARD_USER_CONFIG: named, XDG_CONFIG_HOME: xdg, HOME: home } = io.env;
  if (named) return named;
  const folder = xdg ?? (home && join(home, '.config'));
  return folder && join(folder, 'depward', 'user.json');
}

/** Opens the credentials of the user's file: `{"auth": {"https://registry.example/": {"command": ["/usr/bin/vault", …], "ttl": 300}}}`. */
export function mintedCredentials(io: Pick<Io, 'env' | 'cwd' | 'now'>): MintedCredentials {
  const file = userFile(io);
  if (file === undefined || !existsSync(file)) return () => undefined;
  refuseFromProject(file, io.cwd, 'the file that names credential commands');
  const held = new Map<string, { readonly header: Promise<string>; until: number }>();
  const mintings = readMintings(file, io.cwd);
  return (registry) => {
    const minting = mintings.find((one) => registry.startsWith(one.url));
    if (!minting) return undefined;
    return () => {
      const kept = held.get(minting.url);
      const now = io.now();
      // A clock set back must not keep a token alive.
      if (kept && now < kept.until && kept.until - now <= minting.ttlMs) return kept.header;
      const header = minted(minting, io);
      held.set(minting.url, { header, until: now + minting.ttlMs });
      header.catch(() => held.delete(minting.url));
      return header;
    };
  };
}

function readMintings(file: string, project: string): readonly Minting[] {
  const mistake = (what: string) =>
    new DepwardError('config', `${printable(file)}: ${what}`, {
      hint: 'it reads {"auth": {"https://registry.example/": {"command": ["/usr/bin/vault", "…"], "ttl": 300}}}',
    });
  if (statSync(file).size > largestFile) throw mistake('it is too large');
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw mistake('it is not JSON');
  }
  return Object.entries(Object(Object(document).auth)).map(([url, value]) => {
    const { command, ttl = 300 } = Object(value);
    if (!URL.canParse(url) || !url.endsWith('/')) throw mistake(`"${printable(url, 80)}" is not a registry's URL that ends in /`);
    if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string'))
      throw mistake('"command" is a list of words');
    if (typeof ttl !== 'number' || !(ttl >= 0 && ttl <= 86_400)) throw mistake('"ttl" is a number of seconds up to a day');
    const [program = ''] = command;
    if (!isAbsolute(program)) throw mistake(`the program of a command is an absolute path, not ${printable(program, 80)}`);
    refuseFromProject(program, project, 'a credential command');
    return { url, command, ttlMs: ttl * 1000 };
  });
}

function refuseFromProject(path: string, project: string, what: string): void {
  const root = rootOf(realpathSync(project));
  const real = existsSync(path) ? realpathSync(path) : path;
  if (real === root || real.startsWith(root + sep)) {
    throw new DepwardError('config', `${what} comes from the checked repository (${printable(path)})`, {
      hint: 'only the user’s own configuration may name commands',
    });
  }
}

/** The root of the repository around a folder, else the folder itself. */
function rootOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** Runs without a shell; what it prints goes nowhere but into the header. */
function minted({ command, url }: Minting, io: Pick<Io, 'env'>): Promise<string> {
  const [program = '', ...words] = command;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...words],
      { timeout: waitsFor, maxBuffer: 64_000, cwd: '/', env: io.env as NodeJS.ProcessEnv, windowsHide: true },
      (error, stdout) => {
        const token = stdout.trim();
        if (error || token === '' || /[^\x20-\x7e]/.test(token)) {
          reject(new DepwardError('network', `the credential command for ${printable(url, 200)} failed or printed no token`));
        } else resolve(/^(Bearer|Basic) \S+$/.test(token) ? token : `Bearer ${token.replaceAll(' ', '')}`);
      },
    );
  });
}
