/** The list of commands: how each is called on the command line. Nothing here loads a command. */
export interface OptionFlag {
  readonly flags: string;
  readonly about: string;
  readonly repeatable?: boolean;
}

export interface CommandSpec {
  /** As commander writes it: name and arguments. */
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly OptionFlag[];
  /** Printed under the options: examples. */
  readonly help?: string;
  /** Everything after the first argument belongs to another program. */
  readonly passThrough?: boolean;
}

const registry: OptionFlag = { flags: '--registry <url>', about: 'ask this registry instead of the one npm is configured for' };
const asOf: OptionFlag = { flags: '--as-of <time>', about: 'judge as if it were that moment; everything later is invisible' };
const config: OptionFlag = { flags: '--config <file>', about: 'policy file (default: depward.config.json, looked for upwards)' };
const format: OptionFlag = {
  flags: '--format <name[=file]>',
  about: 'text, json, sarif, markdown, github, gitlab or junit; repeatable, to a file with =FILE',
  repeatable: true,
};
const sources: readonly OptionFlag[] = [
  { flags: '--offline', about: 'use only what is in the cache' },
  { flags: '--no-cache', about: 'neither read nor write the cache' },
];
const noColour: OptionFlag = { flags: '--no-color', about: 'no colour (NO_COLOR is respected too)' };
const voice: readonly OptionFlag[] = [
  { flags: '-q, --quiet', about: 'print blocks only' },
  { flags: '-v, --verbose', about: 'print notes and every fact' },
  noColour,
];
/** The flags of every command that judges. */
export const judging: readonly OptionFlag[] = [registry, asOf, config, format, ...sources, ...voice];

const textOrJson: OptionFlag = { flags: '--format <name>', about: 'text or json' };

const contents: readonly OptionFlag[] = [
  registry,
  textOrJson,
  ...sources,
  { flags: '-v, --verbose', about: 'print ordinary capabilities of files nothing leads to as well' },
];

/** Add a command: one file with `run`, one entry here and one in index.ts. */
export const commands = [
  {
    usage: 'check [spec...]',
    summary: "judge packages before adding them; without a spec, every package of this project's lockfile",
    options: judging,
    help: '\nExamples:\n  depward check express\n  depward check lodash@^4 @scope/tool\n  depward check            the whole lockfile of this project\n',
  },
  {
    usage: 'gate',
    summary: 'judge what a change does to the lockfiles and to what decides over installs; for CI',
    options: [
      { flags: '--base <rev>', about: 'compare with this revision (default: where the change left the default branch)' },
      { flags: '--head <rev>', about: 'judge this revision (default: worktree, the files as they are)' },
      { flags: '--lockfile <path>', about: 'look at this lockfile only; repeatable', repeatable: true },
      { flags: '--all', about: 'judge every package of the lockfiles, not only what changed' },
      { flags: '--baseline <file>', about: 'accept the findings of a saved JSON report' },
      {
        flags: '--affected <version>',
        about: 'only say where name@version, name@range or a file of them is in the lockfiles here, and since when; repeatable',
        repeatable: true,
      },
      ...judging,
    ],
    help: '\nExamples:\n  depward gate\n  depward gate --base origin/main --format github --format sarif=depward.sarif\n  depward gate --affected left-pad@1.3.0\n',
  },
  {
    usage: 'ls',
    summary: 'list what a lockfile holds, without the network',
    options: [
      { flags: '--lockfile <path>', about: "a lockfile other than this folder's own" },
      { flags: '--format <name>', about: 'text, or jsonl: one JSON object a line' },
    ],
  },
  {
    usage: 'inspect <spec>',
    summary: 'what a release runs, can do and hides, with places; nothing of it is executed',
    options: contents,
    help: '\nExamples:\n  depward inspect esbuild@0.25.0\n  depward inspect ./package-1.0.0.tgz\n',
  },
  {
    usage: 'diff <before> <after>',
    summary: 'what one release does that another does not, with places',
    options: contents,
    help: '\nExample:\n  depward diff debug@4.4.1 debug@4.4.3\n',
  },
  {
    usage: 'names [name...]',
    summary: 'the popular names a name could be mistaken for; without a name, one is read from each line of stdin',
    options: [{ flags: '--format <name>', about: 'text, or jsonl: one JSON line for each name, in order' }],
    help: '\nExamples:\n  depward names lodahs expresss\n  depward names --format jsonl < names.txt\n',
  },
  {
    usage: 'doctor [path]',
    summary: 'what in this repository lets bad packages in: credentials, registries, install commands, CI, images, hooks',
    options: [
      { flags: '--fix', about: 'show the corrections that can be made without thinking, as a diff' },
      { flags: '--write', about: 'with --fix: make them' },
      asOf,
      config,
      format,
      ...voice,
    ],
    help: '\nExamples:\n  depward doctor\n  depward doctor --fix           what it would change\n  depward doctor --fix --write   change it\n  depward doctor ../service --format sarif=doctor.sarif\n\nIt looks at how npm packages are installed and asks no registry: of what a lockfile holds it judges what the lockfile itself tells,\nthe rest is judged by depward gate --all. For GitHub workflows as such there is zizmor,\nfor images hadolint, for secrets in the whole history gitleaks.\n',
  },
  {
    usage: 'rules',
    summary: 'list the rules with their levels here',
    options: [
      config,
      { ...textOrJson, about: 'text, or json: everything known of each rule' },
      { flags: '--json', about: 'the same as --format json' },
      noColour,
    ],
  },
  {
    usage: 'init',
    summary: 'show a configuration and a CI job, and write them where nothing stands yet',
    options: [
      { flags: '--ci <which>', about: 'github, gitlab or none (default: what the repository looks like)' },
      { flags: '-y, --yes', about: 'write without asking' },
    ],
  },
  {
    usage: 'waive <rule> <subject>',
    summary: 'accept a finding on name@version or a file: adds a waiver to depward.config.json',
    options: [
      { flags: '--owner <who>', about: 'who answers for it (required)' },
      { flags: '--reason <text>', about: 'why it is acceptable (required)' },
      { flags: '--expires <date>', about: 'when it ends, like 2027-01-31, at most a year ahead (required)' },
      { flags: '--integrity <hash>', about: 'the artefact it is for (default: what the lockfile records)' },
      config,
    ],
    help: '\nExample:\n  depward waive release-age left-pad@1.3.1 --owner jo@acme.example --reason "security fix" --expires 2027-01-31\n',
  },
  {
    usage: 'explain <rule>',
    summary: 'why a rule exists, what to do, when honest packages trip it',
    options: [noColour],
  },
  {
    usage: 'run <command...>',
    summary: 'judge the lockfile, then run npm, npx, pnpm, yarn or bun behind a proxy of its own',
    passThrough: true,
    options: [
      ...judging,
      { flags: '--observe', about: 'withhold nothing, only say what would be withheld' },
      { flags: '--sandbox', about: 'run lifecycle scripts under bubblewrap: no network, empty home, own folder only (npm, pnpm; Linux)' },
    ],
    help: '\nExamples:\n  depward run -- npm ci\n  depward run --sandbox -- npm install left-pad\n  depward run -- pnpm install --frozen-lockfile',
  },
  {
    usage: 'proxy',
    summary: 'stand in front of a registry: withhold what the policy blocks, and say why',
    options: [
      { flags: '--listen <host:port>', about: 'address to listen on (default: 127.0.0.1:4873)' },
      { flags: '--upstream <url>', about: 'registry behind it (default: the one npm is configured for)' },
      { flags: '--scope <@scope=url>', about: 'another registry for a scope; repeatable', repeatable: true },
      { flags: '--credentials-to <which>', about: 'the one upstream that gets the credentials clients send: main, @scope or none (default: main)' },
      { flags: '--own-credentials', about: 'ask the registries with the credentials of this user’s npmrc, for every client' },
      { flags: '--public-url <url>', about: 'how clients reach it, where that differs from --listen' },
      { flags: '--observe', about: 'withhold nothing, only log what would be withheld' },
      {
        flags: '--pass <group>',
        about: 'pass on: ping, search, audit, keys, attestations (passed anyway), account, publish, other; repeatable',
        repeatable: true,
      },
      { flags: '--refuse <group>', about: 'refuse a group of requests; repeatable', repeatable: true },
      { flags: '--rewrite <how>', about: 'tarball addresses: auto (as each client needs it), always, never' },
      { flags: '--audit <file>', about: 'write one JSON line for each decision; - for stdout' },
      { flags: '--fresh <seconds>', about: 'serve a document this long without asking the registry again (default: 60)' },
      {
        flags: '--stale <seconds>',
        about: 'while the registry cannot be reached, serve what was judged before for so long, and say so (default: 0, refuse)',
      },
      { flags: '--redirect-to <host>', about: 'follow redirects of the registry to this host; repeatable', repeatable: true },
      { flags: '--memory <megabytes>', about: 'most memory for documents and tarballs (default: 256)' },
      { flags: '--as-of <time>', about: 'for replays and audits: as if it were that moment; everything later is invisible, security fixes too' },
      config,
      { flags: '-q, --quiet', about: 'say nothing but errors' },
    ],
  },
] as const satisfies readonly CommandSpec[];
