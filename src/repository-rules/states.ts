/** The rules on states: all that a repository without a change is asked. Without what the others bring along, which reads code. */
import type { AnyRepositoryRule } from '../model/repository-rule.ts';
import cacheSharedWithUntrusted from './cache-shared-with-untrusted.ts';
import cooldownMissing from './cooldown-missing.ts';
import credentialWithoutHost from './credential-without-host.ts';
import dependencyOutsideRegistry from './dependency-outside-registry.ts';
import dockerignoreIncomplete from './dockerignore-incomplete.ts';
import exceptionWithoutEnd from './exception-without-end.ts';
import hookRunsUnpinned from './hook-runs-unpinned.ts';
import hooksByDependency from './hooks-by-dependency.ts';
import imageWithoutLockfile from './image-without-lockfile.ts';
import installChecksWaived from './install-checks-waived.ts';
import installScriptsAllowedWholesale from './install-scripts-allowed-wholesale.ts';
import installScriptsUnguarded from './install-scripts-unguarded.ts';
import literalCredential from './literal-credential.ts';
import lockfileHostStray from './lockfile-host-stray.ts';
import lockfileMissing from './lockfile-missing.ts';
import lockfileOutOfStep from './lockfile-out-of-step.ts';
import longLivedPublishToken from './long-lived-publish-token.ts';
import npmrcInImage from './npmrc-in-image.ts';
import registryDiffersInCi from './registry-differs-in-ci.ts';
import registryNotAllowed from './registry-not-allowed.ts';
import registryOverHttp from './registry-over-http.ts';
import remoteSourcesOpen from './remote-sources-open.ts';
import reviewersNotVisible from './reviewers-not-visible.ts';
import scopeWithoutRegistry from './scope-without-registry.ts';
import severalLockfiles from './several-lockfiles.ts';
import tlsVerificationOff from './tls-verification-off.ts';
import tokenBesideInstall from './token-beside-install.ts';
import tokenHelperInProject from './token-helper-in-project.ts';
import tokenInImageLayer from './token-in-image-layer.ts';
import tokenInReachOfForks from './token-in-reach-of-forks.ts';
import tokenPrinted from './token-printed.ts';
import tokenWithoutEnd from './token-without-end.ts';
import unfrozenInstall from './unfrozen-install.ts';
import unpinnedTool from './unpinned-tool.ts';

export const stateRules: readonly AnyRepositoryRule[] = [
  literalCredential,
  credentialWithoutHost,
  tokenHelperInProject,
  tokenWithoutEnd,

  registryOverHttp,
  tlsVerificationOff,
  registryNotAllowed,
  registryDiffersInCi,
  scopeWithoutRegistry,

  installScriptsUnguarded,
  installScriptsAllowedWholesale,
  remoteSourcesOpen,
  dependencyOutsideRegistry,
  cooldownMissing,

  lockfileMissing,
  severalLockfiles,
  lockfileOutOfStep,
  lockfileHostStray,

  unfrozenInstall,
  unpinnedTool,
  installChecksWaived,
  tokenBesideInstall,
  tokenInReachOfForks,
  reviewersNotVisible,
  tokenPrinted,
  longLivedPublishToken,
  cacheSharedWithUntrusted,

  npmrcInImage,
  tokenInImageLayer,
  imageWithoutLockfile,
  dockerignoreIncomplete,

  hookRunsUnpinned,
  hooksByDependency,

  exceptionWithoutEnd,
];
