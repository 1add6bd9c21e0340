/** What is known of package managers: which one a command starts, what it is about to do, and how it is pointed at a registry. Pure. */

/** The package managers there is something known of. */
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

/** Options of clients that take the next word; npm's are known to npm's own reader. */
const takeNext: Readonly<Record<Exclude<ClientName, 'npm'>, ReadonlySet<string>>> = {
  pnpm: optionSet(
    '-C -F --dir --filter --filter-prod --reporter --loglevel --store-dir --virtual-store-dir --modules-dir --lockfile-dir --cache-dir --state-dir --config-dir --global-dir --network-concurrency --child-concurrency --workspace-concurrency --fetch-retries --fetch-timeout --cpu --os --libc --resolution-mode --package-import-method --node-linker --save-prefix --save-catalog-name --public-hoist-pattern --hoist-pattern --allow-build --package --tag --use-node-version --test-pattern --changed-files-ignore-pattern',
  ),
  yarn: optionSet(
    '--cwd --modules-folder --cache-folder --mutex --network-timeout --network-concurrency --preferred-cache-folder --use-yarnrc --otp --tag --proxy --https-proxy --global-folder --prefix --link-folder --mode --from --include --exclude -p --package',
  ),
  bun: optionSet(
    '--cwd -c --config --backend --cache-dir --omit --filter -F --cpu --os --linker --network-concurrency --concurrent-scripts --ca --cafile --minimum-release-age -p --package',
  ),
};
const folderOptions: readonly string[] = ['-C', '--dir', '--cwd'];
const packageOptions: readonly string[] = ['-p', '--package'];

function optionSet(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** What a command line of pnpm, yarn or bun names. */
export interface NamedWords {
  /** Words after the command: packages, for commands that add or run some. */
  readonly named: readonly string[];
  /** Packages named by an option of their own (`dlx --package`). */
  readonly packages: readonly string[];
  readonly folder: string | undefined;
  readonly global: boolean;
}

/** Reads it; the command itself is the first word that is one. */
export function namedWords(client: Exclude<ClientName, 'npm'>, words: readonly string[], program: string): NamedWords {
  const plain: string[] = [];
  const packages: string[] = [];
  let folder: string | undefined;
  let global = false;
  // A program to be run takes all that follows it.
  const running = alwaysExec.has(program);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') {
      plain.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-')) {
      plain.push(word);
      if (running || (plain.length === 2 && verbs[client].exec.includes(plain[0] as string))) break;
      continue;
    }
    const [option = '', inline] = word.startsWith('--')
      ? [word.split('=', 1)[0], word.includes('=') ? word.slice(word.indexOf('=') + 1) : undefined]
      : [word];
    const value = inline ?? (takeNext[client].has(option) ? words[++i] : undefined);
    if (folderOptions.includes(option)) folder = value;
    if (packageOptions.includes(option) && value !== undefined) packages.push(value);
    if (option === '-g' || option === '--global') global = true;
  }
  if (running) return { named: plain.slice(0, 1), packages, folder, global };
  const known = new Set(Object.values(verbs[client]).flat());
  const at = plain.slice(0, 3).findIndex((word) => known.has(word));
  const rest = plain.slice(at + 1);
  const nested = plain[at] === 'global' && rest.length > 0;
  return { named: at < 0 ? [] : nested ? rest.slice(1) : rest, packages, folder, global: global || nested };
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

const scripts = new Set(['run', 'run-script', 'rum', 'urn', 'test', 't', 'tst', 'start', 'stop', 'restart', 'exec']);
/** What pnpm, yarn and bun answer themselves; any other word is a script to them. */
const answers = new Set(
  'node view info config pack publish version help list ls ll why outdated login logout whoami cache npm plugin set store root bin licenses doctor pm audit search owner tag'.split(
    ' ',
  ),
);

/** True for a command that starts scripts of the project, which may install in their turn. */
export function runsScripts({ client, intent }: ClientCommand, words: readonly string[]): boolean {
  const plain = words.slice(1).filter((word) => !word.startsWith('-'));
  const verb = plain[words[0] === 'corepack' ? 1 : 0];
  return intent === 'other' && verb !== undefined && (scripts.has(verb) || (client !== 'npm' && !answers.has(verb)));
}

function isInstall(word: string): boolean {
  return npmInstall.includes(word) || word === 'install';
}

function frozenOr(intent: Intent, words: readonly string[]): Intent {
  return words.some((word) => frozenFlags.test(word)) ? 'frozen' : intent;
}

/** Commands that move what is there to newer versions, rather than add to it. */
export const updating: ReadonlySet<string> = new Set(['update', 'up', 'upgrade', 'udpate', 'upgrade-interactive']);

/** The package behind `create NAME`: `create-NAME`, `@scope/create-NAME`, `@scope/create`. Pure words: what has no such form is left as it is. */
export function createdBy(spec: string): string {
  const found = /^(@[^/@]+)(?:\/([^@]+))?(@.+)?$/.exec(spec);
  if (found) return `${found[1]}/create${found[2] ? `-${found[2]}` : ''}${found[3] ?? ''}`;
  return /^[a-z0-9][a-z0-9._-]*(@.+)?$/i.test(spec) ? `create-${spec}` : spec;
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
    // Said in any case: a project's own setting could have npm fetch past the proxy.
    npm_config_replace_registry_host: pointed.replaceHost ?? 'npmjs',
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
      };
    case 'yarn':
      // Yarn 1 alone reads those of scopes.
      return { ...common, npm_config_registry: pointed.url, ...yarn, ...scopes };
    case 'bun':
      return { ...common, npm_config_registry: pointed.url, ...bun };
    case undefined:
      return { ...common, ...npm, ...pnpm, ...yarn, ...bun, ...scopes };
  }
}

/** The command line with what no variable tells: since pnpm 11 only its own options send scopes elsewhere than its files say. */
export function pointedWords(
  command: ClientCommand | undefined,
  words: readonly string[],
  scopes: readonly string[],
  url: string,
): readonly string[] {
  if (command?.client !== 'pnpm' || command.intent === 'other') return words;
  // Behind `corepack pnpm`, or the client itself.
  const after = commandOf(words.slice(0, 1)) ? 1 : 2;
  const told = scopes.filter(isPlainScope).map((scope) => `--config.${scope}:registry=${url}`);
  return [...words.slice(0, after), ...told, ...words.slice(after)];
}

/** npm folds case and underscores in the names of variables: other scopes would become another's. */
function isPlainScope(scope: string): boolean {
  return /^@[a-z0-9.-]+$/.test(scope);
}
