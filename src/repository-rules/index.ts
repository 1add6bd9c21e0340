/** The list of rules on files of a repository. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRepositoryRule } from '../model/repository-rule.ts';
import installGuardWeakened from './install-guard-weakened.ts';
import installHookChanged from './install-hook-changed.ts';
import lockfileHostAdded from './lockfile-host-added.ts';
import manifestWithoutLockfile from './manifest-without-lockfile.ts';
import projectScriptChanged from './project-script-changed.ts';
import registryRedirected from './registry-redirected.ts';
import resolutionOverridden from './resolution-overridden.ts';

export const repositoryRules: readonly AnyRepositoryRule[] = [
  registryRedirected,
  installHookChanged,
  installGuardWeakened,
  projectScriptChanged,
  resolutionOverridden,
  manifestWithoutLockfile,
  lockfileHostAdded,
];
