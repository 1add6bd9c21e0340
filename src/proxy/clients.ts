/** What is known of package managers: which one a command starts, what it is about to do, and how it is pointed at a registry. Pure. */

export const clientNames = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type ClientName = (typeof clientNames)[number];

/** What a command does with packages. */
export type Intent =
  /** Installs what the lockfile says. */
  | 'frozen'
  /** Installs by package.json and lockfile, resolving what is not locked. */
  | 'install'
  /** Adds or updates packages. */
  | 'add'
  /** Fetches a package and runs it. */
  | 'exec'
  /** Nothing of that. */
  | 'other';

export interface ClientCommand {
  readonly client: ClientName;
  readonly intent: Intent;
}

const programs: Readonly<Record<string, ClientName>> = {
  npm: 'npm',
  npx: 'npm',
  pnpm: 'pnpm',
  pnpx: 'pnpm',
  pn: 'pnpm',
  yarn: 'yarn',
  yarnpkg: 'yarn',
  bun: 'bun',
  bunx: 'bun',
};
const alwaysExec = new Set(['npx', 'pnpx', 'bunx']);

type Verbs = Readonly<Record<Exclude<Intent, 'other'>, readonly string[]>>;

const npmInstall = ['install', 'i', 'in', 'ins', 'inst', 'insta', 'instal', 'isnt', 'isnta', 'isntal', 'isntall', 'install-test', 'it'];
const verbs: Readonly<Record<ClientName, Verbs>> = {
  npm: {
    frozen: ['ci', 'clean-install', 'ic', 'install-clean', 'isntall-clean', 'cit', 'clean-install-test', 'sit', 'install-ci-test', 'rebuild', 'rb'],
    install: [...npmInstall, 'dedupe', 'ddp', 'prune', 'uninstall', 'un', 'unlink', 'remove', 'rm', 'r', 'audit', 'link', 'ln'],
    add: ['add', 'update', 'up', 'upgrade', 'udpate'],
    exec: ['exec', 'x', 'init', 'create', 'innit'],
  },
  pnpm: {
    frozen: ['ci', 'clean-install', 'fetch', 'rebuild', 'rb'],
    install: ['install', 'i', 'dedupe', 'prune', 'remove', 'rm', 'un', 'uninstall', 'install-test', 'it', 'link', 'ln', 'deploy', 'import'],
    add: ['add', 'update', 'up', 'upgrade'],
    exec: ['dlx', 'create', 'init'],
  },
  yarn: {
    frozen: [],
    install: ['install', 'remove', 'dedupe', 'workspaces', 'import', 'autoclean', 'check', 'link'],
    add: ['add', 'up', 'upgrade', 'upgrade-interactive', 'global'],
    exec: ['dlx', 'create', 'init'],
  },
  bun: {
    frozen: ['ci'],
    install: ['install', 'i', 'remove', 'rm', 'link'],
    add: ['add', 'a', 'update'],
    exec: ['x', 'create', 'c', 'init'],
  },
};
/** Commands whose next word is a script or a question, not an installation. */
const others = new Set([
  'run',
  'run-script',
  'rum',
  'urn',
  'test',
  't',
  'tst',
  'start',
  'stop',
  'restart',
  'node',
  'view',
  'info',
  'config',
  'pack',
  'publish',
  'version',
]);
const frozenFlags = /^--(frozen-lockfile|immutable)(=true)?$/;

/** Reads a command line; undefined when it starts no package manager. */
export function commandOf(words: readonly string[]): ClientCommand | undefined {
  const [program = '', ...rest] = words;
  const base = (program.split(/[/\\]/).at(-1) ?? '').replace(/\.(cmd|exe|ps1|cjs|js)$/i, '').replace(/-cli$/, '');
  const name = base === 'corepack' ? (rest.shift() ?? '').replace(/@.*$/, '') : base;
  const client = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (client === undefined) return undefined;
  return { client, intent: alwaysExec.has(name) ? 'exec' : intentOf(client, rest) };
}

function intentOf(client: ClientName, words: readonly string[]): Intent {
  const plain = words.filter((word) => !word.startsWith('-'));
  // `yarn` alone installs; the others print their help.
  if (plain.length === 0)
    return client === 'yarn' && !words.some((word) => /^(--version|-v|--help|-h)$/.test(word)) ? frozenOr('install', words) : 'other';
  if (others.has(plain[0] as string)) return 'other';
  const known = Object.entries(verbs[client]) as [Exclude<Intent, 'other'>, readonly string[]][];
  // Options may take a value (`npm --prefix x ci`): the first word that is a command of the client is taken for it.
  for (const [index, word] of plain.slice(0, 3).entries()) {
    const found = known.find(([, names]) => names.includes(word))?.[0];
    if (found === undefined) continue;
    if (found === 'install') return frozenOr(plain.length > index + 1 && isInstall(word) ? 'add' : 'install', words);
    return found;
  }
  return 'other';
}

function isInstall(word: string): boolean {
  return npmInstall.includes(word) || word === 'install';
}

function frozenOr(intent: Intent, words: readonly string[]): Intent {
  return words.some((word) => frozenFlags.test(word)) ? 'frozen' : intent;
}

/** The lockfiles a client installs from, the one it prefers first. */
export const lockfilesOf: Readonly<Record<ClientName, readonly string[]>> = {
  npm: ['npm-shrinkwrap.json', 'package-lock.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock'],
  bun: ['bun.lock', 'bun.lockb'],
};

/** A registry as clients are told of it. */
export interface Pointed {
  /** The proxy, ending in `/`. */
  readonly url: string;
  /** Scopes with a registry of their own, which is to be reached through the proxy too. */
  readonly scopes: readonly string[];
  /** Host of the upstream's tarballs, which npm is to replace by the proxy; undefined for npm's own default. */
  readonly replaceHost?: string;
}

/** Variables that send a client to the proxy and nowhere else. */
export function environmentFor(
  client: ClientName | undefined,
  pointed: Pointed,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { hostname } = new URL(pointed.url);
  const direct = [inherited['no_proxy'] ?? inherited['NO_PROXY'], hostname].filter(Boolean).join(',');
  // Loopback must not go through a company's HTTP proxy.
  const common = { NO_PROXY: direct, no_proxy: direct, npm_config_noproxy: direct };
  const npm = {
    npm_config_registry: pointed.url,
    ...(pointed.replaceHost !== undefined && { npm_config_replace_registry_host: pointed.replaceHost }),
  };
  const pnpm = { pnpm_config_registry: pointed.url };
  const yarn = { YARN_REGISTRY: pointed.url, YARN_NPM_REGISTRY_SERVER: pointed.url, YARN_UNSAFE_HTTP_WHITELIST: hostname };
  const bun = { BUN_CONFIG_REGISTRY: pointed.url };
  const scopes = Object.fromEntries(pointed.scopes.filter(isPlainScope).map((scope) => [`npm_config_${scope}:registry`, pointed.url]));
  switch (client) {
    case 'npm':
      return { ...common, ...npm, ...scopes };
    case 'pnpm':
      return {
        ...common,
        ...npm,
        ...pnpm,
        ...scopes,
        ...Object.fromEntries(pointed.scopes.filter(isPlainScope).map((scope) => [`pnpm_config_${scope}:registry`, pointed.url])),
      };
    case 'yarn':
      return { ...common, npm_config_registry: pointed.url, ...yarn };
    case 'bun':
      return { ...common, npm_config_registry: pointed.url, ...bun };
    case undefined:
      return { ...common, ...npm, ...pnpm, ...yarn, ...bun, ...scopes };
  }
}

/** npm folds case and underscores in the names of variables: other scopes would become another's. */
function isPlainScope(scope: string): boolean {
  return /^@[a-z0-9.-]+$/.test(scope);
}
