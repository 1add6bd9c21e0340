/**
 * What every text holds that fits a row of places, as plain letters. It is looked for first: all rows together take 10 ms to be
 * compiled, in every thread. A test derives it from the rows.
 */

const traces = [
  /\.npmrc|\.yarnrc|\.pypirc|\.ssh|id_rsa|id_ed25519|id_ecdsa|id_dsa|authorized_keys|\.aws|application_default|gcloud|\.azure|msal_token/,
  /accessTokens|\.kube|serviceaccount|\.docker|\.git-cred|netrc|hosts\.yml|vault-token|etc.passwd|etc.shadow|etc.sudoers|\/proc\//,
  /169\.254\.|metadata\.google|100\.100\.100|keychain|Keychains|find-gen|find-int|password-store|\.gnupg|KeePass|\.kdbx|1Password|_history|\.env/,
  /Chrome|Brave|Microsoft|Opera|Chromium|Vivaldi|google-chrome|Mozilla|Login Data|Web Data|Local State|key4\.db|logins\.json|cookies\.sqlite/,
  /Local Extension|Network.Cookies|wallet\.dat|Exodus|exodus|Electrum|electrum|Ethereum|ethereum|Coinomi|Guarda|atomic.Local|Ledger Live/,
  /Trezor Suite|bitcoin|monero|solana|nkbihfbe|bfnaelmo|hnfanknoc|ibnejdfj|fhbohima|\.bash|\.zsh|\.zprofile|\.profile|\.config/,
  /etc.systemd|etc.cron|etc.init|etc.rc|etc.profile|etc.ld|LaunchAgents|LaunchDaemons|Start Menu|CurrentVersion|\.git.hooks/,
  /\.claude|\.cursor|\.codex|\.gemini|\.windsurf|\.continue|\.aider|\.cline|\.roo|\.kiro|\.amazonq|\.augment|claude_desktop|mcp\.json|mcp_/,
  /CLAUDE\.md|AGENTS\.md|GEMINI\.md|copilot-ins|\.vscode|\.idea|\.github|\.gitlab-ci|\.circleci|azure-pipe|\.travis|Jenkinsfile|bitbucket-/,
  /discord|hooks\.slack|telegram|webhook\.office|feishu|dingtalk|bun\.sh|oven-sh|deno\.land|denoland|bun-linux|bun-darwin|bun-windows/,
  /ip-api|ipinfo|ipapi|ipify|ifconfig|icanhazip|ipgeo|freegeoip|checkip|geojs|ip\.sb|ipwho|npm\/v1\/|\/whoami|v1\/search|npm publish|bun publish/,
  /eth_|personal_sign|signAllT|signAndS|infura|eth-mainnet|cloudflare-eth|bsc-data|trongrid|\.icp0|ic0\.app|ankr\.com|publicnode|llamarpc/,
];

/** A text in which neither is found fits no row; the second is for rows that do not care for case. */
export const placeTraces = [
  new RegExp(traces.map(({ source }) => source).join('|')),
  /\$\{\{|leveldb|resources.app|stratum|xmrig|coinhive|minexmr|nanopool|supportxmr|monero|--donate|trufflehog|gitleaks|noseyparker|detect-sec/i,
];
