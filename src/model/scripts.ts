/** What a consumer's install runs of a release. */
import type { Release } from './packument.ts';

/** The lifecycle scripts npm runs for a dependency, in its order. */
const installHooks = ['preinstall', 'install', 'postinstall'] as const;

/** The hooks a release runs when installed from a registry, with their text; a binding.gyp counts as npm's implied install script. */
export function hooksOf(release: Release): readonly { readonly hook: string; readonly script: string }[] {
  const hooks = installHooks.flatMap((hook) => {
    const script = release.scripts[hook];
    return script === undefined ? [] : [{ hook, script }];
  });
  const implied = release.gypfile === true && release.scripts.install === undefined && release.scripts.preinstall === undefined;
  return implied ? [...hooks, { hook: 'install', script: 'node-gyp rebuild' }] : hooks;
}

// Whole commands that build or fetch a native add-on with the well-known tools, or do nothing but talk.
const known = [
  /^(npx )?(node-gyp(-build)?|prebuild(ify)?(-install)?|node-pre-gyp|node-gyp-build-optional-packages|cmake-js|neon)( [\w:./@=-]+)*$/,
  /^(npx )?(husky( install)?|patch-package|opencollective(-postinstall)?( [\w-]+)?|simple-git-hooks|ngcc|is-ci|only-allow \w+)$/,
  /^(npm (dedupe?|prune)|(typings|tsd) install)$/,
  /^(echo|exit)( [^|&;<>`$()\n]*)?$/,
  /^true$|^:$|^\|\| ?true$/,
];

// One text handed to the console by node, in which neither the shell nor node finds anything to run: thanks, and where to give.
const says =
  /^node (?:-e|--eval) (?:"console\.(?:log|info|warn|error)\('[^'"`$\n]*'\);?"|'console\.(?:log|info|warn|error)\("[^'"`$\n]*"\);?'|"console\.(?:log|info|warn|error)\(\\"(?:[^'"`$\n\\]|\\[nrtu])*\\"\);?")( \|\| (?:exit 0|true))?$/;

// Fetches from elsewhere, installs for the whole machine, or hands text to a shell or an interpreter.
const outward = [
  /\b(curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod|certutil|bitsadmin|nslookup|nc|ncat|ftp|scp)\b/i,
  /\b(npm|pnpm|yarn|bun)\b[^&|;]*\s(-g|--global|global)\b/i,
  /\|\s*(sudo\s+)?(ba|z|da)?sh\b|\/dev\/tcp\/|\b(base64|powershell|pwsh|osascript|rundll32|regsvr32|mshta|wscript|cscript)\b/i,
];

/** True when the script's own text reaches outside the package. */
export function reachesOut(script: string): boolean {
  return outward.some((pattern) => pattern.test(script));
}

const builder = /^(npx )?(prebuild-install|node-pre-gyp|node-gyp-build|neon)\b/;
const fallback = /^npm run (build|compile|rebuild)([:-][\w-]+)?$/;

/** True when every command of a script is one of the common honest ones. Never a reason to trust, only a reason not to shout. */
export function isCommonScript(script: string): boolean {
  if (script.length > 300) return false;
  if (says.test(script)) return true;
  const commands = script.split(/&&|\|\||;/).map((command) => command.trim());
  const builds = builder.test(commands[0] ?? '');
  return commands.every((command) => known.some((pattern) => pattern.test(command)) || (builds && fallback.test(command)));
}
