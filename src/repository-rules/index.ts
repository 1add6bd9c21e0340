/** The list of rules on files of a repository. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRepositoryRule } from '../model/repository-rule.ts';
import cooldownMissing from './cooldown-missing.ts';
import credentialWithoutHost from './credential-without-host.ts';
import installGuardWeakened from './install-guard-weakened.ts';
import installHookChanged from './install-hook-changed.ts';
import installScriptsAllowedWholesale from './install-scripts-allowed-wholesale.ts';
import installScriptsUnguarded from './install-scripts-unguarded.ts';
import literalCredential from './literal-credential.ts';
import lockfileHostAdded from './lockfile-host-added.ts';
import lockfileMissing from './lockfile-missing.ts';
import manifestWithoutLockfile from './manifest-without-lockfile.ts';
import projectScriptChanged from './project-script-changed.ts';
import registryDiffersInCi from './registry-differs-in-ci.ts';
import registryNotAllowed from './registry-not-allowed.ts';
import registryOverHttp from './registry-over-http.ts';
import registryRedirected from './registry-redirected.ts';
import remoteSourcesOpen from './remote-sources-open.ts';
import resolutionOverridden from './resolution-overridden.ts';
import scopeWithoutRegistry from './scope-without-registry.ts';
import severalLockfiles from './several-lockfiles.ts';
import tlsVerificationOff from './tls-verification-off.ts';
import tokenHelperInProject from './token-helper-in-project.ts';
import unfrozenInstall from './unfrozen-install.ts';
import unpinnedTool from './unpinned-tool.ts';

export const repositoryRules: readonly AnyRepositoryRule[] = [
  registryRedirected,
  installHookChanged,
  installGuardWeakened,
  projectScriptChanged,
  resolutionOverridden,
  manifestWithoutLockfile,
  lockfileHostAdded,

  literalCredential,
  credentialWithoutHost,
  tokenHelperInProject,

  registryOverHttp,
  tlsVerificationOff,
  registryNotAllowed,
  registryDiffersInCi,
  scopeWithoutRegistry,

  installScriptsUnguarded,
  installScriptsAllowedWholesale,
  remoteSourcesOpen,
  cooldownMissing,

  lockfileMissing,
  severalLockfiles,

  unfrozenInstall,
  unpinnedTool,
];
