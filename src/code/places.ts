/**
 * Places and names that only few programs have business with: credentials, wallets, browser profiles, start-up files,
 * agent and CI configuration. Kinds of places, not lists of known attacks.
 */
import type { CapabilityKind } from '../model/contents.ts';
import { placeTraces } from './place-traces.ts';

/** What a text names, in the words of the catalogue. */
export interface Place {
  readonly kind: CapabilityKind;
  readonly detail: string;
}

/** What a debugger reads: whatever another program holds, secrets in the clear among it. */
export const memoryOfOthers = 'memory of other processes';

type Row = readonly [CapabilityKind, string, RegExp];

// A path part ends at a slash, the end, or a character no path part holds.
const rows: readonly Row[] = [
  ['secret-scanner', 'workflow that takes all secrets', /\$\{\{\s*toJSON\(\s*secrets\s*\)\s*\}\}/i],
  ['credential-file', 'npm configuration', /(^|[/\\~\s'"])\.npmrc\b/],
  ['credential-file', 'yarn configuration', /(^|[/\\~])\.yarnrc(\.yml)?\b/],
  ['credential-file', 'PyPI credentials', /(^|[/\\~])\.pypirc\b/],
  ['credential-file', 'SSH keys', /(^|[/\\~])\.ssh([/\\]|$)|\bid_(rsa|ed25519|ecdsa|dsa)\b|authorized_keys\b/],
  ['credential-file', 'AWS credentials', /(^|[/\\~])\.aws([/\\](credentials|config|sso)|$)/],
  [
    'credential-file',
    'Google Cloud credentials',
    /application_default_credentials\.json|[/\\]gcloud[/\\](credentials|access_tokens|legacy_credentials)|\.config[/\\]gcloud/,
  ],
  ['credential-file', 'Azure credentials', /(^|[/\\~])\.azure([/\\]|$)|msal_token_cache|accessTokens\.json/],
  ['credential-file', 'Kubernetes credentials', /(^|[/\\~])\.kube[/\\]config|serviceaccount[/\\]token/],
  ['credential-file', 'Docker credentials', /(^|[/\\~])\.docker[/\\]config\.json/],
  ['credential-file', 'Git credentials', /(^|[/\\~])\.git-credentials\b|(^|[/\\~])[._]netrc\b|[/\\]gh[/\\]hosts\.yml/],
  ['credential-file', 'Vault token', /(^|[/\\~])\.vault-token\b/],
  ['credential-file', 'system accounts', /[/\\]etc[/\\](passwd|shadow|sudoers)\b/],
  ['credential-file', memoryOfOthers, /\/proc\/(?!(self|thread-self)\/)[^/\s]*\/(task\/[^/\s]*\/)?mem(?![\w.])/],
  ['credential-file', 'environment of other processes', /\/proc\/(?!(?:thread-)?self\/maps)[^/\s]*\/?(environ|mem|maps)\b/],
  ['credential-file', 'cloud instance metadata', /169\.254\.169\.254|169\.254\.170\.2|metadata\.google\.internal|100\.100\.100\.200/],
  ['credential-file', 'macOS keychain', /login\.keychain|[/\\]Keychains([/\\]|$)|find-generic-password|find-internet-password|dump-keychain/],
  ['credential-file', 'password store', /(^|[/\\~])\.password-store\b|[/\\]\.gnupg\b|KeePass|\.kdbx\b|1Password[/\\]/],
  ['credential-file', 'shell history', /(^|[/\\~])\.(bash|zsh|node_repl|python|mysql|psql)_history\b/],
  ['credential-file', 'environment files', /(^|[/\\~])\.env(\.(local|production|prod|development))?$/],
  [
    'browser-data',
    'browser profile',
    /[/\\](Google[/\\]Chrome|BraveSoftware|Microsoft[/\\]Edge|Opera Software|Chromium|Vivaldi|google-chrome|Mozilla[/\\]Firefox)([/\\]|$)[^\n]{0,60}(User Data|Default|Profile|Login|Cookies|$)/,
  ],
  [
    'browser-data',
    'browser secrets',
    /(^|[/\\])(Login Data|Web Data|Local State|key4\.db|logins\.json|cookies\.sqlite)$|Local Extension Settings|Network[/\\]Cookies/,
  ],
  ['browser-data', 'chat client tokens', /[/\\]?(discord|discordcanary|discordptb|lightcord)[/\\][^\n]{0,40}leveldb|Local Storage[/\\]leveldb/i],
  [
    'wallet-file',
    'wallet files',
    /\bwallet\.dat\b|(^|[/\\~.])(Exodus|exodus\.wallet|Electrum|electrum[/\\]wallets|Ethereum[/\\]keystore|Coinomi|Guarda|atomic[/\\]Local Storage|Ledger Live|Trezor Suite|bitcoin[/\\]wallets)([/\\]|$)|(^|[/\\~])\.(electrum|bitcoin|ethereum[/\\]keystore|monero)([/\\]|$)|[/\\]solana[/\\]id\.json/,
  ],
  [
    'wallet-file',
    'wallet extensions',
    /\b(nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|hnfanknocfeofbddgcijnmhnfnkdnaad|ibnejdfjmmkpcnlpebklmnkoeoihofec|fhbohimaelbohpjbbldcngcnapndodjp)\b/,
  ],
  ['persistence', 'shell start-up file', /(^|[/\\~])\.(bashrc|zshrc|bash_profile|zprofile|zshenv|profile|config[/\\]fish[/\\]config\.fish)$/],
  [
    'persistence',
    'service or autostart',
    /\.config[/\\](systemd[/\\]user|autostart)|[/\\]etc[/\\](systemd|cron|init\.d|rc\.local|profile\.d|ld\.so\.preload)|LaunchAgents|LaunchDaemons|Start Menu[/\\]Programs[/\\]Startup|CurrentVersion[/\\]Run\b/,
  ],
  [
    'package-tamper',
    'the code of an installed program',
    /^(~|[A-Z]:|[/\\](Applications|opt|usr)\b)[^\n]{0,200}[/\\]resources[/\\]app(\.asar\b|[/\\])/i,
  ],
  ['persistence', 'git hook', /\.git[/\\]hooks[/\\]/],
  [
    'agent-config',
    'coding agent configuration',
    /(^|[/\\~])\.(claude|cursor|codex|gemini|windsurf|continue|aider|cline|roo|kiro|amazonq|augment)([/\\]|$|\.json\b)|\bclaude_desktop_config\.json|(^|[/\\])\.?mcp\.json\b|(^|[/\\])mcp_config\.json|mcp_settings\.json|(^|[/\\])(CLAUDE|AGENTS|GEMINI)\.md\b|copilot-instructions\.md|(^|[/\\])\.(cursorrules|windsurfrules|clinerules)\b/,
  ],
  ['agent-config', 'editor tasks', /\.vscode[/\\](tasks|settings|launch)\.json|\.vscode[/\\]?$|\.idea[/\\]/],
  [
    'ci-config',
    'CI workflow',
    /\.github[/\\](workflows|actions)\b|\.gitlab-ci\.yml|\.circleci[/\\]|azure-pipelines\.yml|\.travis\.yml|Jenkinsfile|bitbucket-pipelines\.yml/,
  ],
  [
    'messenger',
    'chat service hook',
    // An address that can be used: with its scheme, with what tells whose it is, or the host by itself. Lists of what to look for hold less.
    /\/\/ *([\w-]+\.)*(discord(app)?\.com\/api\/(v\d+\/)?webhooks|hooks\.slack\.com|api\.telegram\.org|webhook\.office\.com|open\.feishu\.cn\/open-apis\/bot|oapi\.dingtalk\.com\/robot)|(discord(app)?\.com\/api\/(v\d+\/)?webhooks\/|hooks\.slack\.com\/services\/|api\.telegram\.org\/bot) ?[^\s)|\\]|^(hooks\.slack\.com|api\.telegram\.org|oapi\.dingtalk\.com|open\.feishu\.cn|[\w-]+\.webhook\.office\.com)\/?$/,
  ],
  ['mining', 'mining pool', /stratum\+(tcp|ssl|tcps):|\bxmrig\b|\bcoinhive\b|minexmr|nanopool|supportxmr|\bmonerod?ocean\b|--donate-level/i],
  ['secret-scanner', 'secret scanner', /\b(trufflehog|gitleaks|noseyparker|detect-secrets)\b/i],
  [
    'runtime-download',
    'another JavaScript runtime',
    /bun\.sh\/install|oven-sh\/bun|deno\.land\/(install|x\/install)|denoland\/deno\/releases|\bbun-(linux|darwin|windows)-(x64|aarch64)/,
  ],
  [
    'gated',
    'where it runs, by address',
    /\b(ip-api\.com|ipinfo\.io|ipapi\.co|api\.ipify\.org|ifconfig\.(me|co)|icanhazip\.com|ipgeolocation|freegeoip|checkip\.amazonaws\.com|geojs\.io|ip\.sb|ipwho\.is)\b/,
  ],
  [
    'self-publish',
    'registry tokens and publishing',
    /\/-\/(npm\/v1\/tokens|whoami|v1\/search\?text=maintainer)|\bnpm publish\b|\byarn npm publish\b|\bpnpm publish\b|\bbun publish\b/,
  ],
  [
    'wallet-hook',
    'a transaction',
    /^(eth_(sendTransaction|signTransaction|sendRawTransaction|sign)|personal_sign|signAllTransactions|signAndSendTransaction)$/,
  ],
  [
    'blockchain',
    'block chain node',
    /\b(mainnet|goerli|sepolia)\.infura\.io|eth-mainnet|api\.(mainnet-beta|devnet)\.solana\.com|cloudflare-eth\.com|bsc-dataseed|api\.trongrid\.io|\.icp0\.io|ic0\.app|rpc\.ankr\.com|publicnode\.com|llamarpc\.com|\beth_(call|getLogs|getTransactionByHash)\b/,
  ],
];

/** Rows that fit a text of letters and digits alone; a test holds this against the rows. */
const words =
  /KeePass|Exodus|Electrum|Coinomi|Guarda|LaunchAgents|LaunchDaemons|xmrig|coinhive|minexmr|nanopool|supportxmr|ocean|trufflehog|gitleaks|noseyparker|Jenkinsfile|signA|geo/i;
const idLength = 32;

/** The rows, for the test that holds short cuts against them. */
export { rows as placeRows };

/** All rows in one look, for the many texts that none of them fits. */
const any = ['', 'i'].map((flags) => {
  const patterns = rows.filter(([, , pattern]) => pattern.flags === flags).map(([, , { source }]) => `(?:${source})`);
  return new RegExp(patterns.join('|'), flags);
});

/** What a path, host or command text names; the first kind that fits. */
export function placeOf(text: string): Place | undefined {
  if (text.length < 4 || (text.length !== idLength && text.length < 60 && /^[A-Za-z0-9]+$/.test(text) && !words.test(text))) return undefined;
  const looked = text.length > 2000 ? text.slice(0, 2000) : text;
  if (!placeTraces.some((traces) => traces.test(looked)) || !any.some((pattern) => pattern.test(looked))) return undefined;
  for (const [kind, detail, pattern] of rows) if (pattern.test(looked)) return { kind, detail };
  return undefined;
}

/** True when an environment variable by this name usually holds a secret. */
export function isSecretVariable(name: string): boolean {
  return (
    /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY(_ID)?|PRIVATE_?KEY|CREDENTIALS?|AUTH|MNEMONIC)S?($|_)/i.test(name) &&
    !/^(npm_config_|npm_package_)/.test(name)
  );
}

/** True when a name says that it holds key material. */
export function isKeyName(name: string): boolean {
  return /^(_?(private|secret|signing)_?keys?|.*(Private|Secret)Key|mnemonics?|seed_?phrase|seedphrase|recovery_?phrase|key_?pair|wallet_?seed|wif)$/i.test(
    name,
  );
}

/** True when a name says that it holds a credential somebody gave: a key of an interface, a token, a password. */
export function isCredentialName(name: string): boolean {
  return (
    name.length < 40 &&
    /key|token|secret|pass|pwd|cred/i.test(name) &&
    /^_?(.*_)?(api_?key|access_?key|auth_?key|license_?key|(api|auth|access|refresh|bearer|session|id)_?token|token|(client|api|app|shared)_?secret|secret|pass_?(word|wd|phrase)|pwd|credentials?)$|(ApiKey|APIKey|AccessKey|AuthToken|AccessToken|ApiToken|BearerToken|SessionToken|ClientSecret|ApiSecret|Password|Passphrase)$/i.test(
      name,
    ) &&
    !/csrf|xsrf|page|next|sync|cancel/i.test(name)
  );
}

/** The part of a host that one owner holds, as far as it is known: `api.one.example` and `files.one.example` are of `one.example`. */
export function domainOf(host: string): string | undefined {
  // What follows the name of a host without a mark between is mostly a path.
  const labels = host.replace(/:\d+…?$|(?<=\w)…$/, '').split('.');
  if (labels.length < 2 || labels.slice(-2).some((label) => label === '' || label.includes('…')) || /^\d+$/.test(labels.at(-1) ?? ''))
    return undefined;
  const wide = /^(com?|net|org|gov|ac|edu|github|gitlab|vercel|netlify|herokuapp|pages|workers|web|amazonaws|azurewebsites)$/.test(
    labels.at(-2) ?? '',
  );
  return labels.slice(wide ? -3 : -2).join('.');
}

const address = [
  /^0x[0-9a-fA-F]{40}$/,
  /^(bc1[0-9a-z]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34})$/,
  /^T[1-9A-HJ-NP-Za-km-z]{33}$/,
  /^(ltc1[0-9a-z]{25,60}|[LM][1-9A-HJ-NP-Za-km-z]{26,33})$/,
  /^(bitcoincash:)?[qp][0-9a-z]{41}$/,
  /^addr1[0-9a-z]{50,110}$/,
];

/** True when a text has the form of a payment address. */
export function isPaymentAddress(text: string): boolean {
  return text.length >= 26 && text.length <= 120 && address.some((form) => form.test(text)) && /\d/.test(text) && /[a-zA-Z]/.test(text);
}

/** True for the text of a pattern that finds files of credentials by their names. */
export function looksForCredentials(pattern: string): boolean {
  return pattern.length < 500 && /(^|[^\w\\])\\?\.\(?(env|npmrc|netrc|pypirc|git-credentials|pem)\b|\bid_\(?(rsa|ed25519|dsa)\b/.test(pattern);
}

/** True for the text of a pattern that finds payment addresses. */
export function findsAddresses(pattern: string): boolean {
  return /0x\)?\[[^\]]{3,22}\]\{40\}|bc1\)?[|)]?.{0,12}\[[^\]]{3,30}\]\{\d\d|\[13\]\)?\[[^\]]{3,30}\]\{2\d,3\d\}|\bT\)?\[[^\]]{3,30}\]\{33\}|\[1-9A-HJ-NP-Za-km-z\]\{3\d|\[1-9a-km-zA-HJ-NP-Z\]\{3\d/.test(
    pattern,
  );
}

const secret =
  /^(?:npm_[A-Za-z0-9]{36}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,}|glpat-[\w-]{20,}|AKIA[0-9A-Z]{16}|xox[bap]-[\w-]{20,}|sk_live_\w{20,})$/;

/** True when a text has the form of a live credential. */
export function isCredential(text: string): boolean {
  return text.length >= 20 && text.length < 300 && secret.test(text);
}

/** The host of a URL or a bare address; undefined when there is none. Holes (`…`) stay in it. */
export function hostOf(text: string): string | undefined {
  const found = /^(?:https?|wss?|ftp|tcp|git\+https?|git|ssh|stratum\+\w+):\/\/(?:[^/?#\s@]*@)?(\[[0-9a-fA-F:]+\]|[^/?#:\s'"`<>\\]+)/i.exec(text);
  const host = found?.[1]?.toLowerCase();
  return host === undefined || host === '' || host === '…' ? undefined : host;
}

/** True for hosts that never leave the machine and names kept for examples. */
export function isLocalHost(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|(.*\.)?example(\.(com|org|net))?|.*\.local|.*\.localhost)$/.test(host);
}
