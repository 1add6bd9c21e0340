/** The rules that compare before and after: what a change does to what gets installed. */
import type { AnyRepositoryRule } from '../model/repository-rule.ts';
import installGuardWeakened from './install-guard-weakened.ts';
import installHookChanged from './install-hook-changed.ts';
import lockfileHostAdded from './lockfile-host-added.ts';
import manifestWithoutLockfile from './manifest-without-lockfile.ts';
import patchAddsCapability from './patch-adds-capability.ts';
import projectScriptChanged from './project-script-changed.ts';
import registryMoved from './registry-moved.ts';
import registryRedirected from './registry-redirected.ts';
import resolutionOverridden from './resolution-overridden.ts';

export const changeRules: readonly AnyRepositoryRule[] = [
  registryRedirected,
  installHookChanged,
  installGuardWeakened,
  projectScriptChanged,
  resolutionOverridden,
  patchAddsCapability,
  manifestWithoutLockfile,
  lockfileHostAdded,
  registryMoved,
];
