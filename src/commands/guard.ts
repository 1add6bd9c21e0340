/** What `proxy` and `run` share: a judge for the proxy, and where its upstreams are. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { openEvidence } from '../evidence/collect.ts';
import { contentsFolder, openContents } from '../evidence/contents-store.ts';
import { popularNames } from '../evidence/popular-names.ts';
import { openSigning } from '../evidence/signing.ts';
import { openTarballs } from '../evidence/tarballs.ts';
import { DepwardError } from '../model/errors.ts';
import type { NameEvidence } from '../model/evidence.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode } from '../model/report.ts';
import { printable } from '../model/text.ts';
import { resemblance } from '../names/index.ts';
import { toolVersion } from '../package-root.ts';
import { loadWeights } from '../policy/weights.ts';
import { openBoundedCache } from '../proxy/bounded-cache.ts';
import type { ClientName } from '../proxy/clients.ts';
import { openBench } from '../proxy/judge.ts';
import type { Upstream } from '../proxy/upstream.ts';
import type { Bench } from '../proxy/verdict.ts';
import type { NpmConfig } from '../registry/config.ts';
import { openMailDomains } from '../registry/mail-domains.ts';
import { npmConnections, npmCredentials } from '../registry/npm-own.ts';
import { rules } from '../rules/index.ts';
import type { MintedCredentials } from './credentials.ts';
import type { Io } from './io.ts';
import { settledDays } from './session-judging.ts';

/** The judge of a policy, with all rules. Facts of tarballs are kept in `folder`, by the hash of their bytes. */
export function benchFor(policy: Policy, mode: Mode, folder?: string, past = false): Bench {
  const store = folder === undefined ? undefined : openContents(join(folder, contentsFolder));
  const names = rememberedNames();
  return openBench({
    mode,
    policy,
    rules,
    weights: loadWeights(),
    toolVersion: toolVersion(),
    expect(name) {
      try {
        names(name);
      } catch {
        // The verdict meets the same trouble, and says so.
      }
    },
    evidence: (packuments, now, contents) =>
      openEvidence({
        packuments,
        names,
        now,
        past,
        server: true,
        ...(contents && {
          signing: openSigning({ source: contents, now }),
          contents: {
            tarballs: openTarballs({ tarballBytes: (url) => contents.bytes(url) }, store, { isolate: true }),
            offline: false,
            settledDays,
            wanted: new Set(),
          },
          ...(!past && { domains: openMailDomains() }),
        }),
      }),
  });
}

/** What a name looks like never changes under one list, and is asked with every verdict on a package. */
function rememberedNames(): (name: string) => NameEvidence {
  const known = openBoundedCache<NameEvidence>(mostNames);
  return (name) => {
    const held = known.get(name);
    if (held) return held;
    const found = resemblance(name, popularNames());
    known.set(name, found, 1);
    return found;
  };
}

const mostNames = 10_000;

/** An upstream as npm's configuration says it is reached, with the proxy's own credentials: those of a command first, else npm's. */
export async function upstreamsBy(config: NpmConfig, minted: MintedCredentials | undefined): Promise<(url: string) => Upstream> {
  const npm = minted && (await npmCredentials(config));
  const connections = await npmConnections(config);
  return (url) => {
    const connection = connections(url);
    const own = npm?.(url);
    const authorization = minted?.(url) ?? (own === undefined ? undefined : async () => own);
    return { url, ...(connection && { connection }), ...(authorization && { authorization }) };
  };
}

/** An http(s) URL without credentials that ends in a slash. */
export function registryUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new DepwardError('usage', `${option} is not an http or https URL: ${printable(text, 100)}`);
  }
  if (url.username || url.password) {
    throw new DepwardError('usage', `${option} holds credentials`, {
      hint: 'they would be seen in the list of processes; use npmrc and --own-credentials',
    });
  }
  return `${url.origin}${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}`;
}

/**
 * The registry a client is configured for by other means than npm's, which are known to us. pnpm and yarn are asked themselves; bun
 * cannot be, and its own file counts more than npm's.
 */
export async function askedRegistry(
  client: ClientName | undefined,
  program: string,
  inFiles: string | undefined,
  io: Io,
): Promise<string | undefined> {
  if (client === 'bun' && io.env['BUN_CONFIG_REGISTRY']) return registryUrl(io.env['BUN_CONFIG_REGISTRY'], 'BUN_CONFIG_REGISTRY');
  for (const words of (client && questions[client]) ?? []) {
    const answer = await answerOf(program, words, io);
    if (answer !== undefined) return registryUrl(answer, `the registry of ${client}`);
  }
  const byVariable = Object.keys(io.env).some((name) => /^npm_config_registry$/i.test(name));
  return inFiles === undefined || byVariable ? undefined : registryUrl(inFiles, 'the registry of the client');
}

const questions: Readonly<Partial<Record<ClientName, readonly (readonly string[])[]>>> = {
  pnpm: [['config', 'get', 'registry']],
  yarn: [
    ['config', 'get', 'npmRegistryServer'],
    ['config', 'get', 'registry'],
  ],
};

function answerOf(program: string, words: readonly string[], io: Io): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd: io.cwd, env: io.env as NodeJS.ProcessEnv, timeout: 20_000, shell: process.platform === 'win32', maxBuffer: 100_000 };
    execFile(program, [...words], options, (_, stdout) => {
      const line = stdout.trim().split('\n').at(-1)?.trim();
      resolve(line && /^https?:/.test(line) && URL.canParse(line) ? line : undefined);
    });
  });
}
